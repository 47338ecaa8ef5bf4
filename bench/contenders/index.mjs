/** The modules of all contenders; ours first. A process loads only those that it measures. */
export const CONTENDERS = [
  'im-protocol',
  'ts-proto',
  'protobuf-es',
  'protobufjs-8',
  'protobufjs-8-reflection',
  'protobufjs-7',
  'protobuf-ts',
  'pbf',
  'msgpackr',
  'cbor-x',
  'json',
  'json-zod',
  'ts-proto-zod',
];

/**
 * A contender is a module with `name`, `packages`, `int64` (what a 64-bit integer is to it), `isProtobuf`, `isLossy`, and
 * `codec(type)` for a model, which gives
 * - `native(message)`: our message in its own form, made before anything is timed;
 * - `encode(native)` -> bytes, `decode(bytes)` -> native;
 * - `checked: { encode, decode }`: the same with the rules of the schema checked in the decode; contenders that are a codec and a
 *   validator have only this;
 * - `unchecked`: what `checked` is to be compared with; `framed(natives, count)`: `count` messages as frames, and
 *   `frame(native)`: one message as a frame, if it has its own way.
 */
export function load(contender) {
  return import(`./${contender}.mjs`);
}
