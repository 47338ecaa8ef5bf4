/** True for a Uint8Array of this realm or another (an iframe, node:vm), and for a Buffer; `instanceof` fails for the former. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array';
}

/** What a value is, for the text of a TypeError: `string`, `null`, `ArrayBuffer`. */
export function kindOf(value: unknown): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
}
