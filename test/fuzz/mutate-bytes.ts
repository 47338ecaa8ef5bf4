// Changes that know nothing of the format.
import type { Random } from './random.js';

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, random) {
    const out = bytes.slice();
    for (let n = 1 + random.below(3); n > 0; n--) out[random.below(out.length)] ^= 1 << random.below(8);
    return out;
  },
  function setByte(bytes, random) {
    const out = bytes.slice();
    out[random.below(out.length)] = random.pick([0, 1, 127, 128, 255, random.below(256)]);
    return out;
  },
  (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  function insert(bytes, random) {
    const at = random.below(bytes.length + 1);
    return join(bytes.subarray(0, at), random.bytes(1 + random.below(4)), bytes.subarray(at));
  },
  function remove(bytes, random) {
    const at = random.below(bytes.length);
    return join(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(4)));
  },
  function splice(bytes, random, other) {
    return join(bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1)));
  },
];

/** Changes bytes once, at random; `other` is a second message to splice with. */
export function mutateBytes(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  return bytes.length === 0 ? random.bytes(random.below(8)) : random.pick(MUTATIONS)(bytes, random, other);
}
