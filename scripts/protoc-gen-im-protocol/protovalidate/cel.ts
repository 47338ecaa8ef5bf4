// Rules in CEL (https://cel.dev), for what the standard rules of protovalidate cannot say.
import type { DescField } from '@bufbuild/protobuf';
import { schemaError } from '../schema-error.js';
import type { TextMessage } from './text-format.js';

/** A rule of `buf.validate`: the expression is true where a value keeps it. */
export function celRule(id: string, message: string, expression: string): TextMessage {
  return { id, message, expression };
}

/** A string literal. */
export function celString(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replace(/\p{C}/gu, (char) => {
    const point = char.codePointAt(0) as number;
    return `\\U${point.toString(16).padStart(8, '0')}`;
  });
  return `'${escaped}'`;
}

/** A string literal of a pattern that needs no escapes in CEL. */
export function celPattern(pattern: string): string {
  return `r'${pattern}'`;
}

/** A field of `this`. */
export function celField(desc: DescField): string {
  if (/^(?:in|true|false|null)$/.test(desc.name)) throw schemaError(desc, `rules in CEL cannot name a field ${desc.name}`);
  return `this.${desc.name}`;
}

/** Whether a field is set: differs from its default, or with presence, has a value. */
export function celHas(desc: DescField): string {
  return `has(${celField(desc)})`;
}

/** A list of numbers. */
export function celNumbers(numbers: readonly number[]): string {
  return `[${[...numbers].sort((a, b) => a - b).join(', ')}]`;
}
