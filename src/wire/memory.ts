// Eight bytes, and their views as numbers: values are converted by writing through one view and reading through another.

// Marked as pure, so that bundlers drop what is unused.
const memory = /* @__PURE__ */ new ArrayBuffer(8);
export const words: Uint32Array = /* @__PURE__ */ new Uint32Array(memory);
export const signed: BigInt64Array = /* @__PURE__ */ new BigInt64Array(memory);
export const unsigned: BigUint64Array = /* @__PURE__ */ new BigUint64Array(memory);
export const double: Float64Array = /* @__PURE__ */ new Float64Array(memory);
export const float: Float32Array = /* @__PURE__ */ new Float32Array(memory);

/** Index of the low word: 0 on little-endian machines. */
export const LOW: 0 | 1 = /* @__PURE__ */ lowWord();
export const HIGH: 0 | 1 = LOW === 0 ? 1 : 0;

function lowWord(): 0 | 1 {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
}
