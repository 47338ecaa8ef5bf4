// How the cost of our own codecs grows: a unit is a byte on the wire.
import { entry } from '../library.mjs';
import { ascii, chat, chinese, MESSAGES, receiveInfo, VARIANTS } from '../messages.mjs';

const { encodeFrame, FrameDecoder, ReceiveInfo, SendInfo } = await entry('index');
const { encodeRawFrame, FrameSplitter } = await entry('frame');

const RECEIVERS = [1, 10, 100, 1000, 10_000];
const CONTENT = [10, 100, 1000, 10_000, 100_000, 1_048_576];
const FRAMES = [1, 10, 100, 1000, 10_000];
const FRAME_BYTES = [100, 1000, 10_000, 100_000, 1_000_000];

export let sink;

/** @returns tests { series, size, per, run(n) } */
export function growthTests() {
  return [
    ...RECEIVERS.flatMap((size) =>
      codecTests(
        'receivers',
        size,
        ReceiveInfo,
        few(size, () => receiveInfo(size)),
      ),
    ),
    ...CONTENT.flatMap((size) =>
      codecTests(
        'bytes of ASCII content',
        size,
        SendInfo,
        few(size, () => chat(ascii(size))),
      ),
    ),
    ...CONTENT.flatMap((size) =>
      codecTests(
        'bytes of Chinese content',
        size,
        SendInfo,
        few(size, () => chat(chinese(Math.floor(size / 3)))),
      ),
    ),
    ...FRAMES.flatMap(frameTests),
    ...FRAME_BYTES.map(byteByByte),
  ];
}

/** Fewer variants of large messages: they do not fit into one's head anyhow. */
function few(size, make) {
  return Array.from({ length: size > 1000 ? 2 : VARIANTS }, make);
}

function codecTests(what, size, { encode, decode }, messages) {
  const encoded = messages.map((message) => Buffer.from(encode(message)));
  const per = encoded.reduce((sum, { length }) => sum + length, 0) / encoded.length;
  const last = messages.length - 1;
  return [
    test(`encode, ${what}`, size, per, (i) => encode(messages[i & last])),
    test(`decode, ${what}`, size, per, (i) => decode(encoded[i & last])),
  ];
}

function frameTests(count) {
  const all = MESSAGES['chat-ascii'].of.map((message) => encodeFrame('SendInfo', message));
  const chunk = Buffer.concat(Array.from({ length: count }, (_, i) => all[i % all.length]));
  const splitter = new FrameSplitter();
  const decoder = new FrameDecoder();
  const onFrame = (_buffer, start, end) => {
    sink = end - start;
  };
  return [
    test('split, frames per chunk', count, chunk.length, () => splitter.push(chunk, onFrame)),
    test('split and decode, frames per chunk', count, chunk.length, () => decoder.push(chunk)),
  ];
}

function byteByByte(size) {
  const frame = encodeRawFrame(7, new Uint8Array(size));
  const splitter = new FrameSplitter();
  const one = new Uint8Array(1);
  const onFrame = (_buffer, start, end) => {
    sink = end - start;
  };
  return test('split, one frame byte by byte', size, frame.length, () => {
    for (const byte of frame) {
      one[0] = byte;
      splitter.push(one, onFrame);
    }
  });
}

function test(series, size, per, once) {
  const run = (n) => {
    for (let i = 0; i < n; i++) sink = once(i);
  };
  return { series, size, per, run };
}
