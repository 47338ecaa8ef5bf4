// Splits the streams of the input into frames. A stream ends at broken framing.
import { isProtocolError, type ProtocolError } from '../errors.js';
import { FrameSplitter } from '../frame/frame-splitter.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';
import type { Arguments } from './command.js';
import { type Chunk, slices } from './input/chunk.js';
import type { Output } from './output.js';

/** A frame: b[start, end), valid only during the call. */
export interface FrameBytes {
  readonly b: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Position of its first byte in its stream. */
  readonly offset: number;
  readonly flow: string;
}

/** A stream ends with broken framing, or inside a frame. */
type OnBreak = (error: ProtocolError, flow: string) => void;

export function maxFrameBytesOf(args: Arguments): number {
  return args.number('max-frame-bytes', 8, LARGEST_FRAME_BYTES) ?? LARGEST_FRAME_BYTES;
}

interface Stream {
  /** Undefined after broken framing: nothing more can be read. */
  splitter: FrameSplitter | undefined;
  /** Position in the stream where the splitter began. */
  base: number;
  /** Bytes received. */
  bytes: number;
}

/** Calls `onFrame` for each frame. @param output where the callbacks write; it is flushed regularly. */
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
    // The next WebSocket message is read with a new splitter.
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
    // Nothing of the rest could be read.
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

/** Calls `take` for the slices of these chunks. @param output is flushed when it is full and after the last slice. */
export async function takeChunks(chunks: readonly Chunk[], take: (slice: Chunk) => void, output: Output): Promise<void> {
  for (const chunk of chunks) {
    for (const slice of slices(chunk)) {
      take(slice);
      if (output.isFull) await output.flush();
    }
  }
  await output.flush();
}
