// Frames out of chunks: a splitter for each stream, and what came of it in the end.

import { isProtocolError, type ProtocolError } from '../errors.js';
import { FrameSplitter } from '../frame/frame-splitter.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';
import type { Arguments } from './command.js';
import { INVALID, OK, TRUNCATED } from './exit.js';
import { type Chunk, slices } from './input/chunk.js';
import type { Output } from './output.js';

/** A whole frame: b[start, end), which are valid during the call alone. */
export interface FrameBytes {
  readonly b: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Position of its first byte in its stream. */
  readonly offset: number;
  readonly flow: string;
}

/** How a stream ends before its time: broken framing, or in the middle of a frame. */
type OnBreak = (error: ProtocolError, flow: string) => void;

/** What was found, for the exit code. */
export class Verdict {
  isInvalid = false;
  isTruncated = false;

  get exitCode(): number {
    return this.isInvalid ? INVALID : this.isTruncated ? TRUNCATED : OK;
  }

  add({ code }: Pick<ProtocolError, 'code'>): void {
    if (code === 'TRUNCATED') this.isTruncated = true;
    else this.isInvalid = true;
  }
}

export function maxFrameBytesOf(args: Arguments): number {
  return args.number('max-frame-bytes', 8, LARGEST_FRAME_BYTES) ?? LARGEST_FRAME_BYTES;
}

/** A stream of frames. */
interface Stream {
  /** Undefined behind a break: there is nothing that can be read. */
  splitter: FrameSplitter | undefined;
  /** Position in the stream at which the splitter began. */
  base: number;
  /** How much came. */
  bytes: number;
}

/**
 * Hands out all frames.
 * @param output what is made of them goes there, and is written now and then.
 */
export async function eachFrame(
  input: AsyncIterable<Chunk[]>,
  maxFrameBytes: number,
  onFrame: (frame: FrameBytes) => void,
  onBreak: OnBreak,
  output: Output,
): Promise<void> {
  const streams = new Map<string, Stream>();
  const end = (flow: string, stream: Stream): void => {
    if (stream.splitter !== undefined && attempt(flow, onBreak, () => stream.splitter!.end())) return;
    // The next message of a WebSocket is read all the same.
    stream.splitter = new FrameSplitter({ maxFrameBytes });
    stream.base = stream.bytes;
  };
  const take = ({ bytes, flow, end: what }: Chunk): void => {
    let stream = streams.get(flow);
    if (stream === undefined) {
      if (bytes.length === 0) return;
      stream = { splitter: new FrameSplitter({ maxFrameBytes }), base: 0, bytes: 0 };
      streams.set(flow, stream);
    }
    const { splitter, base } = stream;
    stream.bytes += bytes.length;
    if (splitter !== undefined) {
      const isSound = attempt(flow, onBreak, () => {
        splitter.push(bytes, (b, start, end) => {
          onFrame({ b, start, end, offset: base + splitter.bytesRead - (end - start), flow });
        });
      });
      if (!isSound) stream.splitter = undefined;
    }
    if (what !== undefined) end(flow, stream);
    if (what === 'stream') streams.delete(flow);
  };
  for await (const chunks of input) {
    await takeChunks(chunks, take, output);
    // Nothing that is still to come could be read.
    const only = streams.get('');
    if (only !== undefined && only.splitter === undefined) return;
  }
  for (const [flow, stream] of streams) end(flow, stream);
  await output.flush();
}

function attempt(flow: string, onBreak: OnBreak, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    onBreak(error, flow);
    return false;
  }
}

/**
 * Hands out what was read at once, in slices.
 * @param output what is made of them goes there: it is written where it is full, and behind the last of them.
 */
export async function takeChunks(chunks: readonly Chunk[], take: (slice: Chunk) => void, output: Output): Promise<void> {
  for (const chunk of chunks) {
    for (const slice of slices(chunk)) {
      take(slice);
      if (output.isFull) await output.flush();
    }
  }
  await output.flush();
}
