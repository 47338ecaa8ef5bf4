// Splits the streams of the input into frames and bytes that are not frames: unlike streams.ts, it continues after broken framing.
import { REGISTRY } from '../../generated/registry.js';
import { readFrameBytes } from '../frame/header.js';
import { type Region, type RegionRules, regionAt } from '../inspect/region.js';
import { HEADER_BYTES, LARGEST_FRAME_BYTES } from '../limits.js';
import type { Chunk } from './input/chunk.js';
import type { Output } from './output.js';
import { TYPES } from './read-one.js';
import { takeChunks } from './streams.js';

/** A frame, complete or cut off by the end of the stream; or bytes that are not a frame. */
export interface StreamRegion {
  readonly bytes: Uint8Array;
  /** Position of its first byte in its stream. */
  readonly offset: number;
  readonly flow: string;
}

/** How far the next frame is searched for. */
const WINDOW_BYTES = 2 * LARGEST_FRAME_BYTES;
const FIRST_LOOK_BYTES = 65_536;

/** Calls `onRegion` for each region. @param output where the callbacks write; it is flushed regularly. */
export async function eachRegion(
  input: AsyncIterable<Chunk[]>,
  maxFrameBytes: number,
  onRegion: (region: StreamRegion) => void,
  output: Output,
): Promise<void> {
  const streams = new Map<string, ResyncSplitter>();
  const take = ({ bytes, flow, end }: Chunk): void => {
    let stream = streams.get(flow);
    if (stream === undefined) {
      if (bytes.length === 0) return;
      stream = new ResyncSplitter(flow, { types: TYPES, newest: REGISTRY.version, maxFrameBytes }, onRegion);
      streams.set(flow, stream);
    }
    stream.push(bytes);
    if (end !== undefined) stream.end();
    if (end === 'stream') streams.delete(flow);
  };
  for await (const chunks of input) await takeChunks(chunks, take, output);
  for (const stream of streams.values()) stream.end();
  await output.flush();
}

class ResyncSplitter {
  #parts: Uint8Array[] = [];
  #size = 0;
  #offset = 0;
  /** Bytes needed for progress. */
  #needed = HEADER_BYTES;

  constructor(
    private readonly flow: string,
    private readonly rules: RegionRules,
    private readonly onRegion: (region: StreamRegion) => void,
  ) {}

  push(bytes: Uint8Array): void {
    const isEnough = this.#size + bytes.length >= this.#needed;
    this.#parts.push(isEnough ? bytes : compacted(bytes));
    this.#size += bytes.length;
    if (isEnough) this.#cut(false);
  }

  end(): void {
    if (this.#size > 0) this.#cut(true);
  }

  #cut(isEnd: boolean): void {
    const b = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    let at = 0;
    this.#needed = HEADER_BYTES;
    while (at < b.length) {
      const cut = regionAt(b, at, this.rules);
      const needed = isEnd ? 0 : neededBytes(b, at, cut);
      if (needed > 0) {
        this.#needed = needed;
        break;
      }
      this.onRegion({ bytes: b.subarray(at, cut.end), offset: this.#offset + at, flow: this.flow });
      at = cut.end;
    }
    this.#offset += at;
    this.#parts = at < b.length ? [compacted(b.subarray(at))] : [];
    this.#size = b.length - at;
  }
}

/** Copies bytes that are a small part of their buffer, which they would keep alive. */
function compacted(bytes: Uint8Array): Uint8Array {
  return bytes.length * 2 < bytes.buffer.byteLength ? Buffer.from(bytes) : bytes;
}

/** Bytes needed to decide where the region ends; 0 = it is decided. */
function neededBytes(b: Uint8Array, at: number, { kind, end }: Region): number {
  const available = b.length - at;
  if (kind === 'tail') return available < HEADER_BYTES ? HEADER_BYTES : readFrameBytes(b, at);
  if (kind === 'frame' || end < b.length || available >= WINDOW_BYTES) return 0;
  // Doubled each time, so that the total work stays linear.
  return Math.max(FIRST_LOOK_BYTES, available * 2);
}
