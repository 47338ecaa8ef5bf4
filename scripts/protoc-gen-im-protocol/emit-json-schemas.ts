// generated/json-schemas.ts: a JSON Schema of the ProtoJSON of each message in frames, for `im-protocol schema`. Some rules have no exact form
// in JSON Schema (bytes of text; bounds of 64-bit numbers, which are strings). The schemas refuse nothing that the checks accept.
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { getComments } from '@bufbuild/protoplugin';
import { fieldRules } from './field-rules.js';
import { valueSchema } from './json-value-schema.js';
import type { FieldModel, MessageModel, Model } from './model.js';
import { isOwnRuntime, type PluginOptions } from './plugin-options.js';
import { docComment } from './quote.js';
import type { Settings } from './settings.js';
import { Source } from './source.js';

type Schema = Readonly<Record<string, unknown>>;

export function emitJsonSchemas({ files, settings }: Model, options: PluginOptions): Source[] {
  // Only the command line needs them, for frames of this protocol.
  if (!isOwnRuntime(options)) return [];
  const all = files.flatMap((file) => file.messages);
  const reached = new Set(all.filter(({ desc }) => settings.message(desc)?.frameType).map(({ desc }) => desc));
  for (const { fields } of reached) for (const { message } of fields) if (message) reached.add(message);
  const messages = all.filter(({ desc }) => reached.has(desc));
  if (messages.length === 0) return [];
  const out = new Source('json-schemas.ts', 'the messages of the schema');
  out.add(
    '',
    docComment('The JSON Schema of each message, by name. A `$ref` refers to another one: `#/$defs/UserInfo`.'),
    'export const JSON_SCHEMAS: Readonly<Record<string, object>> = {',
    ...messages.map((message) => `  ${message.name}: ${JSON.stringify(messageSchema(message, settings))},`),
    '};',
  );
  return [out];
}

function messageSchema(message: MessageModel, settings: Settings): Schema {
  const { desc, fields } = message;
  // The other properties depend on the type.
  if (desc.typeName === 'google.protobuf.Any') {
    return {
      type: 'object',
      description: 'A message of the type in "@type".',
      properties: { '@type': { type: 'string' } },
    };
  }
  const required = fields.filter((field) => field.oneof === undefined && fieldRules(field, settings).refusesDefault);
  const oneofs = desc.oneofs.flatMap((oneof) => {
    const names = oneof.fields.map(({ jsonName }) => jsonName);
    return names.length < 2 ? [] : [oneofSchema(names, settings.oneof(oneof)?.required === true)];
  });
  return {
    type: 'object',
    ...described(desc),
    properties: {
      ...Object.fromEntries(fields.map((field) => [field.desc.jsonName, fieldSchema(field, settings)])),
      $unknown: { type: 'string', contentEncoding: 'base64', description: 'Unknown fields, as received.' },
    },
    additionalProperties: false,
    ...(required.length > 0 && { required: required.map(({ desc }) => desc.jsonName) }),
    ...(oneofs.length > 0 && { allOf: oneofs }),
  };
}

/** Exactly one of these is set, or at most one. Members of a later version are unknown fields. */
function oneofSchema(names: readonly string[], isRequired: boolean): Schema {
  const each = names.map((name) => ({ required: [name] }));
  const none = { not: { anyOf: each }, ...(isRequired && { required: ['$unknown'] }) };
  return { oneOf: [...each, none] };
}

function fieldSchema(field: FieldModel, settings: Settings): Schema {
  const { desc, kind, type, key } = field;
  const declared = settings.field(desc);
  const rules = (own: typeof declared) => (own === undefined ? [] : settings.rules(own));
  const notes = { ...described(desc), ...(declared?.sensitive && { writeOnly: true }) };
  if (kind === 'list') {
    const { minItems, maxItems, unique, orDefault } = declared ?? {};
    return {
      type: 'array',
      ...notes,
      items: valueSchema(type, rules(declared?.items)),
      ...(minItems !== undefined && !orDefault && { minItems }),
      ...(maxItems !== undefined && { maxItems }),
      ...(unique && { uniqueItems: true }),
    };
  }
  if (kind === 'map' && key !== undefined) {
    const { keys, values, maxItems } = declared ?? {};
    const { type: _type, ...names } = valueSchema(key, rules(keys));
    return {
      type: 'object',
      ...notes,
      ...(key.kind === 'scalar' && key.scalar === 'string' && { propertyNames: names }),
      additionalProperties: valueSchema(type, rules(values)),
      ...(maxItems !== undefined && { maxProperties: maxItems }),
    };
  }
  const value = valueSchema(type, rules(declared));
  // A reference and the notes on this use of it.
  return { ...notes, ...value };
}

function described(desc: DescMessage | DescField): { description?: string } {
  const description = (getComments(desc).leading ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
  return description === '' ? {} : { description };
}
