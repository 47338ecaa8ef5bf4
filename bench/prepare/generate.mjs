// Lets the compiler of each peer loose on our .proto files; each makes one module in .cache/generated. All of them work offline.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BENCH, GENERATED, ROOT } from './paths.mjs';
import { plainSchema } from './plain-schema.mjs';
import { runScript } from './run-tool.mjs';

const PROTO = join(ROOT, 'proto');
const MODELS = join(PROTO, 'im/protocol/v1');
/** The messages that are measured, and the files that they are in. */
const MEASURED = { SendInfo: 'send_info', ReceiveInfo: 'receive_info', SendResult: 'send_result', TopicMessage: 'topic_message' };
const files = readdirSync(MODELS).map((name) => join(MODELS, name));
const inGenerated = (name) => join(GENERATED, name);

const buf = join(ROOT, 'node_modules/@bufbuild/buf/bin/buf');
rmSync(GENERATED, { recursive: true, force: true });
runScript(buf, ['generate'], BENCH);
await bundle('ts-proto', (name, file) => `export { ${name} } from './${file}';`);
await bundle('protobuf-ts', (name, file) => `export { ${name} } from './${file}';`);
await bundle('protobuf-es', (name, file) => `export { ${name}Schema as ${name} } from './${file}_pb';`);

const toStatic = ['-t', 'static-module', '-w', 'commonjs', '-p', PROTO, '-o'];
runScript(join(BENCH, 'node_modules/protobufjs-cli/bin/pbjs'), [...toStatic, inGenerated('protobufjs-8.cjs'), ...files], BENCH);

// Two parsers stumble over options like ours: those compilers get the same schema without options.
const plain = inGenerated('plain.proto');
const image = execFileSync(process.execPath, [buf, 'build', PROTO, '--as-file-descriptor-set', '-o', '-'], { cwd: ROOT });
writeFileSync(plain, plainSchema(image, 'im.protocol.v1'));
const seven = join(BENCH, 'protobufjs-7');
const outOfSeven = ['--dependency', join(seven, 'node_modules/protobufjs/minimal.js'), '-o', inGenerated('protobufjs-7.cjs')];
runScript(join(seven, 'node_modules/protobufjs-cli/bin/pbjs'), [...toStatic.slice(0, -1), ...outOfSeven, plain], BENCH);
writeFileSync(inGenerated('pbf.mjs'), execFileSync(process.execPath, [join(BENCH, 'node_modules/pbf/bin/pbf'), plain]));

writeFileSync(inGenerated('complete'), readFileSync(join(BENCH, 'package-lock.json')));

/** Makes one module of what a plugin has put into its own folder: TypeScript, or JavaScript without file extensions. */
async function bundle(peer, exportOf) {
  const contents = Object.entries(MEASURED).map(([name, file]) => exportOf(name, file));
  await build({
    stdin: { contents: contents.join('\n'), resolveDir: join(GENERATED, peer, 'im/protocol/v1') },
    outfile: inGenerated(`${peer}.mjs`),
    bundle: true,
    packages: 'external',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
}
