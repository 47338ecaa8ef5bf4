import { entry } from '../library.mjs';

export { frame, framing } from './im-protocol.mjs';
export const name = '@im/protocol, a view per frame';

const { FrameSplitter, HEADER_BYTES } = await entry('frame');
const LARGEST = { maxFrameBytes: 16_777_219 };

export function split(chunks) {
  const found = { frames: 0, bytes: 0 };
  const splitter = new FrameSplitter(LARGEST);
  const onFrame = (buffer, start, end) => {
    const view = buffer.subarray(start + HEADER_BYTES, end);
    found.frames++;
    found.bytes += view.length;
  };
  for (const chunk of chunks) splitter.push(chunk, onFrame);
  splitter.end();
  return found;
}
