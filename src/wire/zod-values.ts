// What the values in generated zod schemas are made of, beside zod's own: they accept exactly what the types of a message do
// (scalar-fault.ts), and the rules of the schema are their checks. Imported for generated/zod alone.
import * as z from 'zod/mini';
// By name: a bundler keeps all of zod for z.core.$constructor.
import { $constructor } from 'zod/v4/core';
import { isBytes } from './room.js';
import { isMap, scalarFault, wrongType } from './scalar-fault.js';
import type { ScalarName } from './table.js';

/** Makes the texts of a zod schema those of this library. */
export interface Told {
  error(issue: z.core.$ZodRawIssue): string;
}

/** For the schema of a scalar. With `secret` the text does not tell the value. */
export function told(type: ScalarName | 'enum', secret = false): Told {
  return { error: ({ input }) => scalarFault(type, input, secret)?.message ?? 'invalid' };
}

/** A rule of the schema as a check of zod: the issue is `custom`, with the name of the rule in `params.rule`. */
export function rule<T>(
  name: string,
  broken: (value: T) => boolean,
  text: (value: T) => string,
  path: string[] = [],
): z.core.$ZodCheck<T> {
  return z.check<T>(({ value, issues }) => {
    if (broken(value))
      issues.push({ code: 'custom', input: value, message: text(value), params: { rule: name }, path, continue: true });
  });
}

/** A string without lone surrogates. */
export function text(): z.ZodMiniString<string> {
  const fault = (value: string): string => scalarFault('string', value)?.message ?? '';
  return z.string(told('string')).check(rule<string>('surrogate', (value) => !value.isWellFormed(), fault));
}

/** A Uint8Array of any realm. */
export function bytes(): z.ZodMiniCustom<Uint8Array, Uint8Array> {
  return z.custom<Uint8Array>(isBytes, told('bytes'));
}

/** A float or double; zod's own number refuses NaN and the infinities. */
export function float(type: 'float' | 'double', secret = false): z.ZodMiniCustom<number, number> {
  return z.custom<number>((value) => scalarFault(type, value) === undefined, told(type, secret));
}

/** A list. */
export function list<T extends z.core.SomeType>(element: T): z.ZodMiniArray<T> {
  return z.array(element, { error: ({ input }) => wrongType('array', input).message });
}

/** Makes `inst` what its parent makes: how kinds of schema extend each other in zod. */
export function extend<T extends z.core.SomeType, D>(parent: { init(inst: T, def: D): void }, inst: T, def: D): void {
  parent.init(inst, def);
}

/** A Map, of this realm or another; zod's own knows only this one. */
const AnyMap = /* @__PURE__ */ $constructor<z.ZodMiniMap, z.core.$ZodMapDef>('ImMap', (inst, def) => {
  extend(z.ZodMiniMap, inst, def);
  const parse = inst._zod.parse;
  inst._zod.parse = (payload, context) => {
    const map: unknown = payload.value;
    if (isMap(map) && !(map instanceof Map)) payload.value = new Map(map);
    return parse(payload, context);
  };
});

export function map<K extends z.core.$ZodType, V extends z.core.$ZodType>(keyType: K, valueType: V): z.ZodMiniMap<K, V> {
  const error: Told['error'] = ({ code, input }) =>
    code === 'invalid_type' ? wrongType('Map', input).message : 'an entry is invalid';
  return new AnyMap({ type: 'map', keyType, valueType, error }) as z.ZodMiniMap as z.ZodMiniMap<K, V>;
}
