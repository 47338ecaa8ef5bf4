// What `npm run build` puts into dist/: two flavours of the library, which the export conditions in package.json choose between, and the
// types of both. Within a flavour and a format the entries share their code as chunks, so that each class and each table exists once.
import { defineConfig, type Options } from 'tsup';
import { keepConst } from './scripts/build/keep-const.js';
import { keepLive } from './scripts/build/keep-live.js';
import { plans, webPlatform } from './scripts/build/web-flavour.js';

/** Entries that run everywhere. */
const everywhere = {
  index: 'src/index.ts',
  codecs: 'src/codecs.ts',
  json: 'src/json/index.ts',
  frame: 'src/frame/index.ts',
  inspect: 'src/inspect/index.ts',
  session: 'src/session/index.ts',
  conversation: 'src/conversation/index.ts',
  live: 'src/live/index.ts',
  sync: 'src/sync/index.ts',
  legacy: 'src/legacy/index.ts',
  zod: 'src/zod.ts',
  web: 'src/web/index.ts',
  pako: 'src/pako/index.ts',
  'codegen-v1': 'src/codegen/v1/index.ts',
  'codegen-v1-zod': 'src/codegen/v1/zod.ts',
  'codegen-v1-rules': 'src/codegen/v1/rules.ts',
};
/** And those that need Node. */
const everything = {
  ...everywhere,
  node: 'src/node/index.ts',
  otel: 'src/otel/index.ts',
  rocketmq: 'src/rocketmq/index.ts',
  server: 'src/server/index.ts',
};

function declarationsOf(entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, source]) => [name, `${DECLARATIONS}/${source.replace(/\.ts$/, '.d.ts')}`]),
  );
}

/** As `outDir` in tsconfig.types.json. */
const DECLARATIONS = '.cache/types';

const shared: Options = {
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  splitting: true,
  clean: true,
  silent: true,
  // `node:zlib`, not `zlib`: a package may have the name without the prefix.
  removeNodeProtocol: false,
  external: [
    /^node:/,
    /^zod(\/|$)/,
    'pako',
    'protobufjs',
    'ws',
    'proxy-addr',
    'forwarded-parse',
    '@opentelemetry/api',
    /^rocketmq-client-nodejs(\/|$)/,
  ],
  plugins: [
    { name: 'keep-const', renderChunk: (code, { type }) => (type === 'chunk' ? { code: keepConst(code) } : undefined) },
    { name: 'keep-live', buildEnd: ({ writtenFiles }) => keepLive(writtenFiles.map(({ name }) => name)) },
  ],
};

/** Of what the plugin carries along. */
const NOTICE = '// Contains @bufbuild/protobuf, @bufbuild/protoplugin and @bufbuild/re2: see THIRD-PARTY-LICENSES.txt';

export default defineConfig([
  { ...shared, entry: everything, outDir: 'dist/node' },
  { ...shared, entry: everywhere, outDir: 'dist/web', esbuildPlugins: [webPlatform, plans] },
  // The command line: for Node alone, and each command a chunk, which is loaded when it is run. So is protobufjs, which reads .proto files.
  {
    ...shared,
    format: ['esm'],
    entry: { main: 'src/cli/main.ts' },
    outDir: 'dist/cli',
    external: [/^node:/, 'fs', 'ws', 'proxy-addr', 'forwarded-parse'],
    noExternal: ['protobufjs'],
  },
  // The plugin for buf and protoc, with the libraries that read descriptors; a part of them that is not used would bring TypeScript.
  {
    ...shared,
    format: ['esm'],
    entry: { main: 'scripts/protoc-gen-im-protocol/main.ts' },
    outDir: 'dist/plugin',
    external: [/^node:/, 'typescript', '@typescript/vfs'],
    banner: { js: NOTICE },
  },
  // The types, of the declarations that `tsc -p tsconfig.types.json` has written: tsup takes five times as long to make them itself.
  {
    ...shared,
    entry: declarationsOf(everything),
    outDir: 'dist/types',
    // TypeScript 6 fails for an old option that tsup sets, unless it is told to ignore that.
    dts: { only: true, compilerOptions: { ignoreDeprecations: '6.0' } },
  },
]);
