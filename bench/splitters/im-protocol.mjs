import { entry } from '../library.mjs';

export const name = '@im/protocol, callback';
export const framing = 'header of 8 bytes';

const { encodeRawFrame, FrameSplitter, HEADER_BYTES } = await entry('frame');
const LARGEST = { maxFrameBytes: 16_777_219 };

export function frame(payload) {
  return encodeRawFrame(7, payload);
}

export function split(chunks) {
  const found = { frames: 0, bytes: 0 };
  const splitter = new FrameSplitter(LARGEST);
  const onFrame = (_buffer, start, end) => {
    found.frames++;
    found.bytes += end - start - HEADER_BYTES;
  };
  for (const chunk of chunks) splitter.push(chunk, onFrame);
  splitter.end();
  return found;
}
