// Messages and oneofs in generated zod schemas: zod's objects and unions, which accept exactly what the types of a message do
// (shape.ts) and keep its unknown fields. Imported for generated/zod alone.
import * as z from 'zod/mini';
// By name: a bundler keeps all of zod for z.core.$constructor.
import { $constructor } from 'zod/v4/core';
import { MAX_DEPTH } from '../limits.js';
import { quoted } from './issues.js';
import { isPlainObject, kindOf, wrongType } from './scalar-fault.js';
import { UNKNOWN_FIELDS } from './unknown.js';
import { bytes, extend, type Told } from './zod-values.js';

/** An object that is no list, no Map and so on, and has no unknown key. */
const PlainObject = /* @__PURE__ */ $constructor<z.ZodMiniObject, z.core.$ZodObjectDef>('ImObject', (inst, def) => {
  extend(z.ZodMiniObject, inst, def);
  const parse = inst._zod.parse;
  inst._zod.parse = (payload, context) => {
    if (isPlainObject(payload.value)) return parse(payload, context);
    payload.issues.push({ code: 'invalid_type', expected: 'object', input: payload.value, inst });
    return payload;
  };
});

/** How many messages the one that is being parsed lies in. Parsing is synchronous. */
let depth = 0;

/** A message. Its kept unknown fields stay, and it is not nested too deep. */
const Message = /* @__PURE__ */ $constructor<z.ZodMiniObject, z.core.$ZodObjectDef>('ImMessage', (inst, def) => {
  extend(PlainObject, inst, def);
  const parse = inst._zod.parse;
  inst._zod.parse = (payload, context) => {
    if (depth > MAX_DEPTH) {
      const message = `nested deeper than ${MAX_DEPTH}`;
      payload.issues.push({ code: 'custom', input: payload.value, inst, message, params: { rule: 'depth' } });
      return payload;
    }
    depth++;
    try {
      return parse(payload, context);
    } finally {
      depth--;
    }
  };
});

/** The schema of a message, by the schemas of its fields and oneofs. */
export function message<T extends z.core.$ZodLooseShape>(typeName: string, fields: T): MessageSchema<T> {
  return new Message(
    strict({ ...fields, [UNKNOWN_FIELDS]: z.optional(bytes()) }, 'object', typeName),
  ) as z.ZodMiniType as MessageSchema<T>;
}

/** Type of the schema of a message. */
export type MessageSchema<T extends z.core.$ZodLooseShape> = z.ZodMiniObject<z.core.util.Writeable<T>, z.core.$strict>;

/** A oneof, by the schemas of its members: `{ $case, value }`. */
export function oneof<T extends Members>(members: T): OneofSchema<T> {
  const names = Object.keys(members);
  const options = names.map((name) => {
    const shape = { $case: z.literal(name), value: members[name] };
    return new PlainObject(strict(shape, '{ $case, value }', 'a oneof'));
  });
  const error: Told['error'] = ({ input }) => {
    if (!isPlainObject(input)) return wrongType('{ $case, value }', input).message;
    const got = typeof input.$case === 'string' ? 'another' : kindOf(input.$case);
    return `expected a $case of ${names.join(', ')}, got ${got}`;
  };
  const [first, ...rest] = options;
  return z.discriminatedUnion('$case', [first, ...rest], { error }) as z.ZodMiniType as OneofSchema<T>;
}

type Members = Readonly<Record<string, z.core.$ZodType>>;

/** Type of the schema of a oneof. */
export type OneofSchema<T extends Members> = z.ZodMiniType<
  { [K in keyof T]: { $case: K; value: z.output<T[K]> } }[keyof T],
  { [K in keyof T]: { $case: K; value: z.input<T[K]> } }[keyof T]
>;

function strict(shape: z.core.$ZodShape, expected: string, owner: string): z.core.$ZodObjectDef {
  const error: Told['error'] = (issue) => {
    if (issue.code !== 'unrecognized_keys') return wrongType(expected, issue.input).message;
    return `no field of ${owner}: ${issue.keys.map(quoted).join(', ')}`;
  };
  return { type: 'object', shape, catchall: z.never(), error };
}
