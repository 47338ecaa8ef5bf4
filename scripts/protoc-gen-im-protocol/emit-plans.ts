// The web flavour of generated code: schema-text.ts with the text form of the whole schema, and *.plan.ts, each the twin of a *.codec.ts, whose
// codecs interpret it. A build puts the twins in the place of the files with code.
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
import { formatSchema } from './text-form.js';

/** The module with the text. */
const SCHEMA = 'schema-text';

export function emitPlans(model: Model, options: PluginOptions): Source[] {
  // Code of applications refers to types of the package, which are in another text.
  if (!isOwnRuntime(options)) return [];
  const files = model.files.filter(({ messages, enums }) => messages.length + enums.length > 0);
  if (files.length === 0) return [];
  const description = describeSchema(model);
  const schema = new Source(`${SCHEMA}.ts`, 'all messages and enums of the schema');
  const create = schema.import('Schema', runtimePath('wire/plan/schema', options));
  const isProtocol = isOwnProtocol(model);
  schema.add(
    '',
    docComment('All messages and enums in the text form of src/wire/plan/schema.ts.'),
    `export const SCHEMA: ${create} = /* @__PURE__ */ new ${create}(`,
    `  ${template(formatSchema(description, isProtocol ? 'shown' : 'all'))},`,
    ');',
  );
  const rest = isProtocol ? [...emitNames(description, options), emitRegistryTwin(model, options)] : [];
  return [schema, ...files.map((file) => emitFile(file, description.keyOf, options)), ...rest];
}

/** Names of enum values, which JSON and inspection need and codecs do not: a text of their own. The twin takes them from the tables. */
function emitNames(description: Description, options: PluginOptions): Source[] {
  const twin = new Source('enum-names.codec.ts', 'the enums of the schema');
  const out = new Source('enum-names.plan.ts', 'the enums of the schema');
  const comment = docComment('The table of an enum with the names of its values.');
  for (const each of [twin, out]) each.importType('EnumTable', runtimePath('wire/table', options));
  twin.add('', comment, 'export const withNames = (table: EnumTable): EnumTable => table;');
  const create = out.import('Schema', runtimePath('wire/plan/schema', options));
  const enums = new Map([...description.enums].map(([key, plan]) => [key, bare(plan)]));
  out.add(
    '',
    `const NAMES: ${create} = /* @__PURE__ */ new ${create}(`,
    `  ${template(formatSchema({ package: description.package, messages: new Map(), enums }))},`,
    ');',
    '',
    comment,
    'export const withNames = (table: EnumTable): EnumTable => NAMES.enumNamed(table.name) ?? table;',
  );
  return [twin, out];
}

/** An enum with its names alone. */
function bare({ name, prefix, values, aliases = {} }: EnumPlan): EnumPlan {
  return { name, prefix, values, aliases, commands: new Map(), applicationFrom: 0, applicationData: '' };
}

/** The registry: from the schema. */
function emitRegistryTwin(model: Model, options: PluginOptions): Source {
  const out = new Source('registry.plan.ts', 'the frame types of the schema');
  const registry = out.importType('Registry', runtimePath('wire/codec', options));
  const messages = out.importType('FrameMessages', './registry.codec.js');
  const create = out.import('planRegistry', runtimePath('wire/plan/plan-codec', options));
  const createEntry = out.import('planFrame', runtimePath('wire/plan/plan-codec', options));
  const schema = out.import('SCHEMA', `./${SCHEMA}.js`);
  const entries = framesOf(model, options).flatMap((message) => {
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
    `export const REGISTRY: ${registry}<${messages}> = /* @__PURE__ */ ${create}(${schema}, ${protocolVersion(model)});`,
  );
  return out;
}

/** A template literal, whose lines stay lines. */
function template(text: string): string {
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, '\\$&')}\``;
}

type KeyOf = Description['keyOf'];

function emitFile({ desc, messages, enums }: FileModel, keyOf: KeyOf, options: PluginOptions): Source {
  const out = new Source(outputPath('plan', desc), desc.proto.name);
  for (const type of [...enums, ...messages.map((message) => message.desc)]) out.declare(type, tableName(type));
  for (const message of messages) out.declare(message.desc, message.name, ...PARTS.map((part) => partName(message.desc, part)));
  const schema = out.import('SCHEMA', `./${SCHEMA}.js`);
  for (const type of enums) {
    const table = out.importType('EnumTable', runtimePath('wire/table', options));
    const take = out.import('enumPlan', runtimePath('wire/plan/plan-codec', options));
    out.add('', `export const ${tableName(type)}: ${table} = /* @__PURE__ */ ${take}(${schema}, ${literal(keyOf(type))});`);
  }
  for (const message of messages) emitCodec(out, message, schema, keyOf, options);
  return out;
}

/** Those that other modules import. */
const PARTS = ['estimate', 'check'] as const;

function emitCodec(out: Source, { desc, name }: MessageModel, schema: string, keyOf: KeyOf, options: PluginOptions): void {
  const type = out.importType(name, typePath(desc, options), `${name}Type`);
  const init = out.importType(initName(name), typePath(desc, options));
  const codec = out.importType('Codec', runtimePath('wire/codec', options), 'CodecOf');
  const generated = out.importType('Generated', runtimePath('wire/codec', options), 'GeneratedOf');
  const create = out.import('planCodec', runtimePath('wire/plan/plan-codec', options));
  const key = literal(keyOf(desc));
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
