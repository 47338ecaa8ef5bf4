// Frames and what is none, out of chunks, for who goes on behind what is broken.
import { REGISTRY } from '../../generated/registry.js';
import { readFrameBytes } from '../frame/header.js';
import { type Cut, type CutRules, cutAt } from '../inspect/cut.js';
import { HEADER_BYTES, LARGEST_FRAME_BYTES } from '../limits.js';
import { TYPES } from './frame-row.js';
import type { Chunk } from './input/chunk.js';
import type { Output } from './output.js';
import { takeChunks } from './streams.js';

/** A frame, whole or cut off by the end, or bytes that are none. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Position of its first byte in its stream. */
  readonly offset: number;
  readonly flow: string;
}

/** A frame behind bytes that are none is found within so many. */
const WINDOW_BYTES = 2 * LARGEST_FRAME_BYTES;
const FIRST_LOOK_BYTES = 65_536;

/** @param output what is made of them goes there, and is written now and then. */
export async function eachPiece(
  input: AsyncIterable<Chunk[]>,
  maxFrameBytes: number,
  onPiece: (piece: Piece) => void,
  output: Output,
): Promise<void> {
  const streams = new Map<string, PieceCutter>();
  const take = ({ bytes, flow, end }: Chunk): void => {
    let stream = streams.get(flow);
    if (stream === undefined) {
      if (bytes.length === 0) return;
      stream = new PieceCutter(flow, { types: TYPES, newest: REGISTRY.version, maxFrameBytes }, onPiece);
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

class PieceCutter {
  #parts: Uint8Array[] = [];
  #size = 0;
  #offset = 0;
  /** Fewer bytes tell nothing new. */
  #needed = HEADER_BYTES;

  constructor(
    private readonly flow: string,
    private readonly rules: CutRules,
    private readonly onPiece: (piece: Piece) => void,
  ) {}

  push(bytes: Uint8Array): void {
    const isEnough = this.#size + bytes.length >= this.#needed;
    this.#parts.push(isEnough ? bytes : kept(bytes));
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
      const cut = cutAt(b, at, this.rules);
      const wanted = isEnd ? 0 : wantedBytes(b, at, cut);
      if (wanted > 0) {
        this.#needed = wanted;
        break;
      }
      this.onPiece({ bytes: b.subarray(at, cut.end), offset: this.#offset + at, flow: this.flow });
      at = cut.end;
    }
    this.#offset += at;
    this.#parts = at < b.length ? [kept(b.subarray(at))] : [];
    this.#size = b.length - at;
  }
}

/** What waits, copied where it is a small part of a chunk: it would keep all of that. */
function kept(bytes: Uint8Array): Uint8Array {
  return bytes.length * 2 < bytes.buffer.byteLength ? Buffer.from(bytes) : bytes;
}

/** How many bytes it takes to say more than this; 0 = it is decided. */
function wantedBytes(b: Uint8Array, at: number, { kind, end }: Cut): number {
  const available = b.length - at;
  if (kind === 'tail') return available < HEADER_BYTES ? HEADER_BYTES : readFrameBytes(b, at);
  if (kind === 'frame' || end < b.length || available >= WINDOW_BYTES) return 0;
  // Twice as many each time: so all looking takes no longer than looking once.
  return Math.max(FIRST_LOOK_BYTES, available * 2);
}
