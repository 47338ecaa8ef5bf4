// Rules of buf.validate that have no counterpart among the rules of im/options/v1/options.proto. Generated code, in both forms, has an object for
// each of them, made by the functions of this folder: only code with such rules imports them.

/** A rule of a value, a list or a map. */
export interface StandardRule<T = unknown> {
  /** Name in issues: `pattern`. */
  readonly name: string;
  /** True if the value violates the rule. */
  refuses(value: T): boolean;
  /** The text of the issue. It never shows a string or bytes. */
  text(value: T): string;
}

/** A value of a scalar type, or the number of an enum value. */
export type Scalar = number | bigint | string | boolean;

/** A rule whose text does not depend on the value. */
export function plainRule<T>(name: string, refuses: (value: T) => boolean, text: string): StandardRule<T> {
  return { name, refuses, text: () => text };
}

/** A rule whose text shows a number. */
export function shownRule<T extends Scalar>(name: string, refuses: (value: T) => boolean, wanted: string): StandardRule<T> {
  return {
    name,
    refuses,
    text: (value) => (typeof value === 'string' ? wanted : `got ${value}, ${wanted}`),
  };
}

/** `not_in`: the text does not show the values, which may be many. */
export function notInRule<T>(values: readonly unknown[], refuses: (value: T) => boolean): StandardRule<T> {
  return plainRule('not_in', refuses, values.length === 1 ? 'the forbidden value' : `one of ${values.length} forbidden values`);
}

/** True for the default of a field without presence: 0, empty, false. */
function isZero(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return !value && !Number.isNaN(value);
  if ('length' in value) return value.length === 0;
  return 'size' in value && value.size === 0;
}

/** `required` of a field without presence: it differs from its default. */
export function notZero(): StandardRule {
  return plainRule('required', isZero, 'not set');
}

/** A rule to which the default is an exception. */
export function unlessZero<T>(rule: StandardRule<T>): StandardRule<T> {
  return { ...rule, refuses: (value) => !isZero(value) && rule.refuses(value) };
}

/**
 * A rule of the value in a wrapper, such as google.protobuf.Int32Value.
 * @param zero the value of an empty wrapper.
 */
export function wrapped<T>(rule: StandardRule<T>, zero: T): StandardRule<{ readonly value?: T | undefined }> {
  return {
    name: rule.name,
    refuses: ({ value = zero }) => rule.refuses(value),
    text: ({ value = zero }) => rule.text(value),
  };
}

/** A rule of a secret: its text shows neither the value nor its size. */
export function hidden<T>(rule: StandardRule<T>): StandardRule<T> {
  return { ...rule, text: () => 'not allowed' };
}
