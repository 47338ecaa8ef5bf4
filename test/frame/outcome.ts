// What comes of a stream: the frames that were delivered, and the error that ended it.
import { FrameSplitter, type FrameSplitterOptions, isProtocolError } from '../../src/frame/index.js';
import { toHex } from './hex.js';

export interface Outcome {
  readonly frames: string[];
  readonly error?: {
    code: string | number;
    offset: number | undefined;
    limit: number | undefined;
    actual: number | undefined;
    message: string;
  };
}

/** Pushes the stream in chunks that end at these positions, and ends it. */
export function outcomeOf(stream: Uint8Array, cuts: readonly number[], options?: FrameSplitterOptions): Outcome {
  const splitter = new FrameSplitter(options);
  const frames: string[] = [];
  const onFrame = (buffer: Uint8Array, start: number, end: number) => void frames.push(toHex(buffer, start, end));
  const error = thrownBy(() => {
    let at = 0;
    for (const cut of [...cuts, stream.length]) {
      splitter.push(stream.slice(at, cut), onFrame);
      at = cut;
    }
    splitter.end();
  });
  if (error === undefined) return { frames };
  if (!isProtocolError(error)) throw error;
  const { code, offset, limit, actual, message } = error;
  return { frames, error: { code, offset, limit, actual, message } };
}

/** The positions that cut a stream into single bytes. */
export function everyByte(stream: Uint8Array): number[] {
  return Array.from(stream.keys());
}

/** What a call throws; undefined if it does not. */
export function thrownBy(call: () => void): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The text of the error that a call throws; undefined if it does not. */
export function textThrownBy(call: () => void): string | undefined {
  const error = thrownBy(call);
  return error instanceof Error ? error.message : undefined;
}
