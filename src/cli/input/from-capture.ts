// A capture, as tcpdump -w and Wireshark write it, down to the streams of frames in it.

import { Capture } from '../capture/capture.js';
import type { PacketReader } from '../capture/packet.js';
import { Failure } from '../exit.js';
import type { Chunk } from './chunk.js';
import type { Talk } from './talk.js';

export async function* fromCapture(chunks: AsyncIterable<Uint8Array>, reader: PacketReader, talk: Talk): AsyncGenerator<Chunk[]> {
  const capture = new Capture(talk);
  let isSound = true;
  for await (const bytes of chunks) {
    isSound = attempt(talk, () => {
      for (const packet of reader.push(bytes)) capture.push(packet);
    });
    yield capture.take();
    // What came before counts all the same.
    if (!isSound) break;
  }
  const end = isSound ? reader.end() : undefined;
  if (end !== undefined) talk.cut(end);
  capture.end();
  yield capture.take();
}

function attempt(talk: Talk, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    talk.wrong(error.message);
    return false;
  }
}
