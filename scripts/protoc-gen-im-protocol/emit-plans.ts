// The web flavour of generated code: schema-text.ts with the text form of the whole schema, and *.plan.ts, each the twin of a *.codec.ts, whose
// codecs interpret it. A build puts the twins in the place of the files with code.
import type { DescMessage } from '@bufbuild/protobuf';
import type { EnumPlan } from '../../src/wire/plan/plan.js';
import { type Description, describeSchema } from './describe-schema.js';
import { initName } from './emit-inits.js';
import { entryName, framesOf, protocolVersion } from './emit-registry.js';
import { isOwnProtocol, outputPath, runtimePath, tableName, typePath } from './generated-paths.js';
import type { FileModel, MessageModel, Model } from './model.js';
import { partName } from './parts.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { docComment, literal } from './quote.js';
import { Source } from './source.js';
import { type DescribedSchema, type EnumNames, formatSchema } from './text-form.js';

/** The module with the text. */
const SCHEMA = 'schema-text';

export function emitPlans(model: Model, options: PluginOptions): Source[] {
  const isOwn = isOwnRuntime(options);
  if (!isOwn && options.form === 'fast') return [];
  const files = model.files.filter(({ messages, enums }) => messages.length + enums.length > 0);
  if (files.length === 0) return [];
  const description = describeSchema(model);
  const isProtocol = isOwnProtocol(model);
  const apart: Apart = isProtocol ? messagesApart(model, description.keyOf) : new Map();
  const schema = emitText(description, apart, isProtocol ? 'shown' : 'all', options);
  const parts: Parts = { keyOf: description.keyOf, apart };
  const rest = isProtocol ? [emitNames(description, options), emitRegistryTwin(model, parts, options)] : [];
  return [schema, ...files.map((file) => emitFile(file, parts, options)), ...rest];
}

/** Where the texts of messages are. */
interface Parts {
  readonly keyOf: Description['keyOf'];
  /** The messages outside of SCHEMA, by their keys, and the root whose text has them. */
  readonly apart: Apart;
}

type Apart = ReadonlyMap<string, string>;

/**
 * A message that no other message contains, other than those of the handshake, has a text of its own, with the messages that only it
 * contains: a bundle without it has no text for them. The bundle of a client has none that only services send each other.
 */
function messagesApart(model: Model, keyOf: Description['keyOf']): Apart {
  const messages = model.files.flatMap((file) => file.messages);
  const containers = new Map(messages.map(({ desc }) => [desc, messages.filter((other) => contains(other.desc, desc))]));
  const isOfHandshake = ({ desc }: MessageModel): boolean => model.settings.message(desc)?.handshake === true;
  const apart = new Map<string, string>();
  for (const root of messages) {
    if (containers.get(root.desc)!.length > 0 || isOfHandshake(root)) continue;
    const own = new Set([root]);
    let size = 0;
    while (own.size > size) {
      size = own.size;
      for (const message of messages) {
        const around = containers.get(message.desc)!.filter((other) => other !== message);
        if (around.length > 0 && around.every((other) => own.has(other))) own.add(message);
      }
    }
    for (const { desc } of own) apart.set(keyOf(desc), root.name);
  }
  return apart;
}

function contains(outer: DescMessage, inner: DescMessage): boolean {
  return outer.fields.some((field) => field.message === inner);
}

function emitText(description: Description, apart: Apart, names: EnumNames, options: PluginOptions): Source {
  const out = new Source(`${SCHEMA}.ts`, 'all messages and enums of the schema');
  const create = out.import('Schema', runtimePath('wire/plan/schema', options));
  const { messages } = description;
  const add = (comment: string, name: string, part: DescribedSchema, base: string, rules = ''): void =>
    out.add(
      '',
      docComment(comment),
      `export const ${name}: ${create} = /* @__PURE__ */ new ${create}(`,
      `  ${quoted(formatSchema(part, names))},${base}${rules}`,
      ');',
    );
  const shared = new Map([...messages].filter(([key]) => !apart.has(key)));
  const others = apart.size === 0 ? '' : ' but those below';
  add(
    `All messages and enums${others}, in the text form of src/wire/plan/schema.ts.`,
    'SCHEMA',
    { ...description, messages: shared },
    // The messages of an application refer to those of the protocol, which the package has.
    isOwnRuntime(options) ? '' : `\n  ${out.import('SCHEMAS', runtimePath('wire/plan/schema', options))},`,
    standardRules(out, description, options),
  );
  for (const root of new Set(apart.values())) {
    const own = new Map([...messages].filter(([key]) => apart.get(key) === root));
    const part = { package: description.package, messages: own, enums: new Map() };
    add(`${root}, and the messages that only it contains.`, `${root}Schema`, part, '\n  [SCHEMA],');
  }
  if (apart.size > 0) {
    const names = ['SCHEMA', ...[...new Set(apart.values())].map((root) => `${root}Schema`)];
    out.add('', docComment('All of them.'), `export const SCHEMAS: readonly ${create}[] = [${names.join(', ')}];`);
  }
  return out;
}

/** The rules of buf.validate beside the text. */
function standardRules(out: Source, { checkers }: Description, options: PluginOptions): string {
  if (checkers.length === 0) return '';
  const wire = (module: string, name: string): string => out.import(name, runtimePath(`wire/${module}`, options));
  const lines = checkers.map((checker) => `    ${checker.source(wire)},`);
  return [...(isOwnRuntime(options) ? ['\n  [],'] : ['']), '  [', ...lines, '  ],'].join('\n');
}

/** The name of the text that has a message. */
function schemaOf(key: string, apart: Apart): string {
  const root = apart.get(key);
  return root === undefined ? 'SCHEMA' : `${root}Schema`;
}

/** Names of enum values, which JSON and inspection need and codecs do not: a text of their own. */
function emitNames(description: Description, options: PluginOptions): Source {
  const out = new Source('enum-names.ts', 'the enums of the schema');
  const table = out.importType('EnumTable', runtimePath('wire/table', options));
  const create = out.import('Schema', runtimePath('wire/plan/schema', options));
  const enums = new Map([...description.enums].map(([key, plan]) => [key, bare(plan)]));
  out.add(
    '',
    `const NAMES: ${create} = /* @__PURE__ */ new ${create}(`,
    `  ${quoted(formatSchema({ package: description.package, messages: new Map(), enums }))},`,
    ');',
    '',
    docComment('The table of an enum with the names of its values, which plans of this protocol lack.'),
    `export const withNames = (table: ${table}): ${table} => ('commands' in table ? (NAMES.enumNamed(table.name) ?? table) : table);`,
  );
  return out;
}

/** An enum with its names alone. */
function bare({ name, prefix, values, aliases = {} }: EnumPlan): EnumPlan {
  return { name, prefix, values, aliases, commands: new Map(), applicationFrom: 0, applicationData: '' };
}

/** The registry: from the schema. */
function emitRegistryTwin(model: Model, { keyOf, apart }: Parts, options: PluginOptions): Source {
  const out = new Source('registry.plan.ts', 'the frame types of the schema');
  const registry = out.importType('Registry', runtimePath('wire/codec', options));
  const messages = out.importType('FrameMessages', './registry.codec.js');
  const create = out.import('planRegistry', runtimePath('wire/plan/plan-codec', options));
  const createEntry = out.import('planFrame', runtimePath('wire/plan/plan-codec', options));
  const frames = framesOf(model, options);
  const roots = new Set(apart.values());
  const names = ['SCHEMA', ...frames.filter(({ name }) => roots.has(name)).map(({ name }) => `${name}Schema`)];
  const schemas = names.map((name) => out.import(name, `./${SCHEMA}.js`)).join(', ');
  const entries = frames.flatMap((message) => {
    const schema = out.import(schemaOf(keyOf(message.desc), apart), `./${SCHEMA}.js`);
    const type = `${registry}<${messages}>['frames']['${message.name}']`;
    const value = `/* @__PURE__ */ ${createEntry}(${schema}, ${literal(message.name)})`;
    return [docComment(`The frames of ${message.name}.`), `export const ${entryName(message)}: ${type} = ${value};`, ''];
  });
  out.add(
    '',
    `export type { ${messages} };`,
    '',
    ...entries,
    docComment('The messages that a frame may carry, by name.'),
    `export const REGISTRY: ${registry}<${messages}> = /* @__PURE__ */ ${create}(${protocolVersion(model)}, ${schemas});`,
  );
  return out;
}

/** The text as a literal for each type: minifiers join them. */
function quoted(text: string): string {
  return text
    .split(/(?<=,)(?=[<>])/)
    .map(literal)
    .join(' +\n    ');
}

function emitFile({ desc, messages, enums }: FileModel, { keyOf, apart }: Parts, options: PluginOptions): Source {
  const isOwn = isOwnRuntime(options);
  const out = new Source(outputPath(isOwn ? 'plan' : 'codec', desc), desc.proto.name);
  for (const type of [...enums, ...messages.map((message) => message.desc)]) out.declare(type, tableName(type));
  for (const message of messages)
    out.declare(message.desc, message.name, ...ALL_PARTS.map((part) => partName(message.desc, part)));
  const take = (key: string): string => out.import(schemaOf(key, apart), `./${SCHEMA}.js`);
  for (const type of enums) {
    const table = out.importType('EnumTable', runtimePath('wire/table', options));
    const create = out.import('enumPlan', runtimePath('wire/plan/plan-codec', options));
    out.add('', `export const ${tableName(type)}: ${table} = /* @__PURE__ */ ${create}(${take('')}, ${literal(keyOf(type))});`);
  }
  for (const message of messages) {
    const key = keyOf(message.desc);
    (isOwn ? emitCodec : emitApplicationCodec)(out, message, take(key), key, options);
  }
  return out;
}

/** Those that other modules import. */
const PARTS = ['estimate', 'check'] as const;
const ALL_PARTS = ['estimate', 'write', 'read', 'check'] as const;

/** What a file with generated code exports, by a contract of few names. */
function emitApplicationCodec(
  out: Source,
  { desc, name }: MessageModel,
  schema: string,
  keyText: string,
  options: PluginOptions,
): void {
  const type = out.importType(name, typePath(desc, options), `${name}Type`);
  const init = out.importType(initName(name), typePath(desc, options));
  const wire = (module: string, imported: string): string => out.import(imported, runtimePath(`wire/${module}`, options));
  const codec = out.importType('Codec', runtimePath('wire/codec', options), 'CodecOf');
  const codecType = `${codec}<${type}, ${init}, ${literal(desc.typeName)}>`;
  const parts = `/* @__PURE__ */ ${wire('plan/plan-codec', 'planParts')}<${type}, ${init}>(${schema}, ${literal(keyText)})`;
  const take = wire('codec', 'part');
  out.add(
    '',
    docComment(`Codec of ${desc.typeName}.`),
    `export const ${name}: ${codecType} = /* @__PURE__ */ ${wire('codec', 'createCodec')}(${parts});`,
    ...(['table', ...ALL_PARTS] as const).map(
      (part) =>
        `export const ${partName(desc, part)}: ${codecType}['generated']['${part}'] = /* @__PURE__ */ ${take}(${name}, '${part}');`,
    ),
  );
}

function emitCodec(out: Source, { desc, name }: MessageModel, schema: string, keyText: string, options: PluginOptions): void {
  const type = out.importType(name, typePath(desc, options), `${name}Type`);
  const init = out.importType(initName(name), typePath(desc, options));
  const codec = out.importType('Codec', runtimePath('wire/codec', options), 'CodecOf');
  const generated = out.importType('Generated', runtimePath('wire/codec', options), 'GeneratedOf');
  const create = out.import('planCodec', runtimePath('wire/plan/plan-codec', options));
  const key = literal(keyText);
  const part = (exported: string, kind: keyof typeof CREATORS): string => {
    const take = out.import(CREATORS[kind], runtimePath('wire/plan/plan-codec', options));
    return `export const ${exported}: ${generated}<${type}, ${init}>['${kind}'] = /* @__PURE__ */ ${take}(${schema}, ${key});`;
  };
  out.add(
    '',
    docComment(`Codec of ${desc.typeName}.`),
    `export const ${name}: ${codec}<${type}, ${init}, ${literal(desc.typeName)}> = /* @__PURE__ */ ${create}(${schema}, ${key});`,
    part(tableName(desc), 'table'),
    ...PARTS.map((kind) => part(partName(desc, kind), kind)),
  );
}

const CREATORS = { table: 'planTable', estimate: 'planEstimate', check: 'planCheck' } as const;
