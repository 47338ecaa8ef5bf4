// "Who may import whom (left may import right, nothing else)", as data: the table of ARCHITECTURE.md.

/** Where a file belongs: `src/frame/header.ts` to frame. */
export function layerOf(path: string): string {
  const [top, name] = path.split('/');
  if (top === 'src') return name.replace(/\.ts$/, '');
  // "Errors and limits take only generated constants (limits.ts names them, the numbers come from the schema)": the error table is one.
  if (name === 'constants.ts' || name === 'errors.ts') return 'generated constants';
  // A .proto file's own module, without what stands beside it as `.codec.ts` and `.zod.ts`.
  return /\/.+\/[^./]+\.ts$/.test(path) ? 'generated types' : 'generated';
}

/** Direct arrows; an arrow goes on: what the right side may import, the left may too. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  // "cli -> all but web and rocketmq"
  cli: ['node', 'inspect', 'json', 'legacy', 'zod', 'index'],
  // "node, web -> session, frame": what both share of joining a session to a transport is a layer between.
  node: ['connection', 'frame'],
  web: ['connection', 'frame'],
  // DEFLATE by pako, alone: whoever does not use it needs no pako.
  pako: ['frame'],
  connection: ['session', 'callbacks'],
  // "session -> negotiate, codec, frame"
  session: ['negotiate', 'codec', 'frame'],
  // "inspect -> codec, validate, frame, generated"
  inspect: ['codec', 'validate', 'frame', 'generated'],
  // Pure functions of messages; rocketmq takes message groups from there.
  conversation: ['codec', 'validate', 'generated'],
  // "rocketmq -> codec, validate"
  rocketmq: ['conversation', 'codec', 'validate', 'callbacks'],
  // "negotiate -> codec"
  negotiate: ['codec'],
  // "codec -> frame, validate, generated"
  codec: ['frame', 'validate', 'generated'],
  // "validate -> generated"
  validate: ['generated'],
  // "generated -> wire"
  generated: ['wire', 'generated types'],
  // "frame, wire -> (errors, limits)"
  frame: [],
  wire: [],
  // "legacy -> codec"
  legacy: ['codec'],
  // Functions of the codecs, and nothing around them.
  codecs: ['generated'],
  // What generated code of applications is made of.
  codegen: ['codec'],
  // "json -> codec, generated"
  json: ['codec', 'generated'],
  // "zod only behind ./zod": the schemas are generated.
  zod: ['generated'],
  // The door of the package; nothing but the command line may come in by it.
  index: ['negotiate', 'codec'],
  // "errors and limits take only generated constants"
  // How callbacks of an application are called, by all that have some.
  callbacks: ['wire'],
  errors: ['generated constants'],
  limits: ['generated constants'],
  'generated constants': [],
  // The type of unknown fields.
  'generated types': ['wire'],
};

/** "All may import errors, limits and the types of generated." */
export const FOR_ALL: readonly string[] = ['errors', 'limits'];
export const TYPES_FOR_ALL = 'generated types';

/** The layers that files of `layer` may import, itself included. */
export function importable(layer: string): Set<string> {
  const found = new Set([layer]);
  for (const next of found) for (const name of ARROWS[next] ?? []) found.add(name);
  return found;
}

/** Packages and the places that may import them. */
export const PACKAGES: readonly { readonly name: RegExp; readonly places: RegExp }[] = [
  // "`node:*` only in `src/node`, `src/cli` and `src/rocketmq`'s adapter file"
  { name: /^node:/, places: /^src\/(node|cli)\/|^src\/rocketmq\/client-module\.ts$/ },
  { name: /^rocketmq-client-nodejs(\/|$)/, places: /^src\/rocketmq\/client-(module|producer|consumer)\.ts$/ },
  // "zod only behind `./zod`": what the generated schemas are made with stands in src/wire, and only they import it.
  { name: /^zod(\/|$)/, places: /^src\/wire\/zod-/ },
  { name: /^pako$/, places: /^src\/pako\// },
  { name: /^ws$/, places: /^src\/(node|cli)\// },
  { name: /^protobufjs(\/|$)/, places: /^src\/cli\// },
];
