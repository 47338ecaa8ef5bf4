// Methods that are newer than ES2020, as functions: Hermes, QuickJS and the engines of older phones lack some of them.

const { hasOwnProperty: isOwn } = Object.prototype;

/** `Object.hasOwn` of ES2022. */
export function hasOwn(object: object, key: PropertyKey): boolean {
  return isOwn.call(object, key);
}

/** `list.at(-1)` of ES2022. */
export function lastOf<T>(list: readonly T[]): T | undefined {
  return list[list.length - 1];
}
