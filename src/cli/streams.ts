// Frames out of chunks: a splitter for each stream, and what came of it in the end.
import type { ProtocolError } from '../errors.js';
import { isProtocolError } from '../errors.js';
import { FrameSplitter } from '../frame/frame-splitter.js';
import { LARGEST_FRAME_BYTES } from '../limits.js';
import type { Arguments } from './command.js';
import { INVALID, OK, TRUNCATED } from './exit.js';
import type { Chunk } from './input/chunk.js';

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
export type OnBreak = (error: ProtocolError, flow: string) => void;

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

/**
 * Hands out all frames.
 * @param pause is called now and then, so that what was made of them can be written.
 */
export async function eachFrame(
  input: AsyncIterable<Chunk>,
  maxFrameBytes: number,
  onFrame: (frame: FrameBytes) => void,
  onBreak: OnBreak,
  pause: () => Promise<void>,
): Promise<void> {
  const splitters = new Map<string, FrameSplitter | undefined>();
  for await (const { bytes, flow, isWhole } of input) {
    if (!splitters.has(flow)) splitters.set(flow, new FrameSplitter({ maxFrameBytes }));
    const splitter = splitters.get(flow);
    // Behind a break there is nothing that can be read.
    if (splitter === undefined) continue;
    const isSound = attempt(flow, onBreak, () => {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        splitter.push(bytes.subarray(at, at + PIECE_BYTES), (b, start, end) => {
          onFrame({ b, start, end, offset: splitter.bytesRead - (end - start), flow });
        });
      }
      if (isWhole) splitter.end();
    });
    // The next message of a WebSocket is read all the same.
    if (!isSound) splitters.set(flow, isWhole ? new FrameSplitter({ maxFrameBytes }) : undefined);
    await pause();
  }
  for (const [flow, splitter] of splitters) if (splitter !== undefined) attempt(flow, onBreak, () => splitter.end());
  await pause();
}

const PIECE_BYTES = 1 << 18;

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
