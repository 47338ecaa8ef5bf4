import { MESSAGES, VARIANTS } from '../messages.mjs';

/** Messages in a batch: what a busy connection writes at once. */
const BATCH = 64;
const HEADER_BYTES = 8;

/** Where results go, so that no engine can leave the work out. */
export let sink;

/**
 * The tests of one contender: each operation that it has, for each message.
 * @returns tests { message, operation, contender, per, run(n) }; `per` is how many messages one turn handles.
 */
export function codecTests({ name, codec }) {
  return Object.entries(MESSAGES).flatMap(([message, { type, of }]) => {
    const { native, encode, decode, frame, checked, unchecked, framed } = codec(type);
    const natives = of.map(native);
    const batches = of.map(() => natives);
    const test = (operation, inputs, once, per = 1) => ({
      message,
      operation,
      contender: name,
      per,
      run: repeated(inputs, once),
    });
    const decodeTest = (operation, way) => {
      const inputs = natives.map((value) => asReceived(way.encode(value)));
      return test(operation, inputs, way.decode);
    };
    const tests = [];
    if (encode !== undefined) {
      tests.push(test('encode', natives, encode), decodeTest('decode', { encode, decode }));
      tests.push(test('framed', batches, framed === undefined ? copiedBatch(encode) : ownBatch(framed), BATCH));
    }
    if (frame !== undefined) tests.push(test('frame', natives, frame));
    if (checked !== undefined) tests.push(decodeTest('checked', checked));
    if (unchecked !== undefined) tests.push(decodeTest('unchecked', unchecked));
    return tests;
  });
}

/** Bytes on the wire, on average. */
export function wireBytes({ codec }) {
  return Object.fromEntries(
    Object.entries(MESSAGES).map(([message, { type, of }]) => {
      const { native, encode, checked } = codec(type);
      const sizes = of.map((value) => (encode ?? checked.encode)(native(value)).length);
      return [message, sizes.reduce((a, b) => a + b) / sizes.length];
    }),
  );
}

/** In memory as a socket's, not in the encoder's: a Buffer of Node, a Uint8Array in a browser. */
function asReceived(bytes) {
  return (globalThis.Buffer ?? Uint8Array).from(bytes);
}

function repeated(inputs, once) {
  return (n) => {
    for (let i = 0; i < n; i++) sink = once(inputs[i & (VARIANTS - 1)]);
  };
}

/** 64 messages made ready for the socket in the contender's own way. */
function ownBatch(framed) {
  return (natives) => framed(natives, BATCH);
}

/** 64 messages made ready for the socket: each one's bytes copied behind a header. */
function copiedBatch(encode) {
  return (natives) => {
    const frames = new Array(BATCH);
    for (let i = 0; i < BATCH; i++) frames[i] = behindHeader(encode(natives[i & (VARIANTS - 1)]));
    return frames;
  };
}

function behindHeader(payload) {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  frame.writeUInt32BE(HEADER_BYTES - 4 + payload.length, 0);
  frame.writeUInt32BE(0x01070000, 4);
  frame.set(payload, HEADER_BYTES);
  return frame;
}
