// The import rules, as in the table of ARCHITECTURE.md.

/** The layer of a file: `src/frame/header.ts` to frame. */
export function layerOf(path: string): string {
  const [top, name] = path.split('/');
  if (top === 'src') return name.replace(/\.ts$/, '');
  if (name === 'constants.ts' || name === 'errors.ts') return 'generated constants';
  // The types of a .proto file, without its `.codec.ts` and `.zod.ts`.
  return /\/.+\/[^./]+\.ts$/.test(path) ? 'generated types' : 'generated';
}

/** The layers that a layer may import, besides what those may import. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  cli: ['node', 'inspect', 'json', 'zod', 'index'],
  // sync: the interface of storages. legacy: older clients.
  node: ['connection', 'sync', 'legacy', 'frame'],
  web: ['connection', 'frame'],
  otel: ['node'],
  // Separate, so that only applications that use it need pako.
  pako: ['frame'],
  connection: ['session', 'callbacks'],
  session: ['negotiate', 'codec', 'frame'],
  inspect: ['codec', 'validate', 'frame', 'generated'],
  // Pure functions of messages; rocketmq takes message groups from there.
  conversation: ['codec', 'validate', 'generated'],
  // The connections of a server and the topics of RocketMQ.
  server: ['connection', 'rocketmq'],
  // Pure too: streams, typing, presence.
  live: ['codec'],
  // Pure: the JSON of older systems.
  legacy: ['json', 'codec', 'validate'],
  // The connection gives the interface of what joins a client.
  sync: ['conversation', 'connection', 'codec', 'validate', 'callbacks'],
  // legacy: older services.
  rocketmq: ['conversation', 'legacy', 'codec', 'validate', 'callbacks'],
  negotiate: ['codec'],
  codec: ['frame', 'validate', 'generated'],
  validate: ['generated'],
  generated: ['wire', 'generated types'],
  frame: [],
  wire: [],
  codecs: ['generated'],
  // Imported by the generated code of applications.
  codegen: ['codec'],
  json: ['codec', 'generated'],
  zod: ['generated'],
  // The entry of the package. Only the command line imports it.
  index: ['negotiate', 'codec'],
  callbacks: ['wire'],
  errors: ['generated constants'],
  limits: ['generated constants'],
  'generated constants': [],
  // The type of unknown fields.
  'generated types': ['wire'],
};

/** All layers may import these. */
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
  { name: /^node:/, places: /^src\/(node|otel|cli)\/|^src\/rocketmq\/client-module\.ts$/ },
  { name: /^rocketmq-client-nodejs(\/|$)/, places: /^src\/rocketmq\/client-(module|producer|consumer)\.ts$/ },
  // Only the generated schemas import src/wire/zod-message.ts.
  { name: /^zod(\/|$)/, places: /^src\/wire\/zod-/ },
  { name: /^pako$/, places: /^src\/pako\// },
  { name: /^ws$/, places: /^src\/(node|cli)\// },
  { name: /^(proxy-addr|forwarded-parse)$/, places: /^src\/node\/trusted-proxies\.ts$/ },
  { name: /^@opentelemetry\/api$/, places: /^src\/otel\// },
  { name: /^protobufjs(\/|$)/, places: /^src\/cli\// },
];
