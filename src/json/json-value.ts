/** What JSON.stringify writes and JSON.parse reads. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** An object in JSON: all its keys are its own. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Sets a key as an own property: on a plain object, assigning `__proto__` would set its prototype, and the entry would be lost. */
export function setKey(target: object, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else (target as Record<string, unknown>)[key] = value;
}
