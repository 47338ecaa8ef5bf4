// Segments of TCP put together: in the order of their numbers, each byte once, a stream for each direction of a connection.
import { flowText, type Segment } from './ip.js';

/** Takes the bytes of one direction. */
export interface StreamReader {
  push(bytes: Uint8Array): void;
  /** So many bytes are missing here. */
  gap(bytes: number): void;
  /** Nothing follows. */
  end(): void;
}

/** @param isWhole false where the capture begins in the middle of the connection. */
export type OpenStream = (flow: string, isWhole: boolean) => StreamReader;

interface Piece {
  readonly number: number;
  readonly payload: Uint8Array;
  readonly lost: number;
}

interface Stream {
  readonly reader: StreamReader;
  /** The number of the first byte, and of the next one. */
  readonly first: number;
  next: number;
  /** The number behind the last byte, once it is known. */
  end: number | undefined;
  isEnded: boolean;
  /** Pieces behind a gap. */
  early: Piece[];
}

/** So many pieces of a stream, and so many bytes of all streams, wait for one that is missing; then that is given up. */
const MAX_EARLY = 256;
const MAX_EARLY_BYTES = 1 << 26;
/** What a piece takes besides its bytes. */
const PIECE_BYTES = 256;
/** So many streams are remembered. Then the one that has been quiet for longest is forgotten. */
const MAX_STREAMS = 65_536;

const FIN = 1;
const SYN = 2;
const RST = 4;

export class TcpStreams {
  /** The one that was quiet for longest comes first. */
  readonly #streams = new Map<string, Stream>();
  #earlyBytes = 0;

  constructor(private readonly open: OpenStream) {}

  push(segment: Segment): void {
    const { key, flags, payload, lost } = segment;
    const isFirst = (flags & SYN) !== 0;
    const number = isFirst ? plus(segment.number, 1) : segment.number;
    const stream = this.#streamOf(key, number, isFirst);
    if (payload.length + lost > 0) this.#take(stream, { number, payload, lost });
    if ((flags & FIN) !== 0) stream.end ??= plus(number, payload.length + lost);
    if ((flags & RST) !== 0 || stream.end === stream.next) this.#close(stream);
  }

  /** Nothing more is captured. */
  end(): void {
    for (const stream of this.#streams.values()) this.#close(stream);
  }

  #streamOf(key: string, number: number, isFirst: boolean): Stream {
    let stream = this.#streams.get(key);
    if (stream !== undefined) this.#streams.delete(key);
    // The ports are used again; or it is the same segment once more.
    if (stream !== undefined && isFirst && stream.first !== number) {
      this.#close(stream);
      stream = undefined;
    }
    if (stream === undefined) {
      if (this.#streams.size === MAX_STREAMS) this.#forgetOldest();
      const reader = this.open(flowText(key), isFirst);
      stream = { reader, first: number, next: number, end: undefined, isEnded: false, early: [] };
    }
    this.#streams.set(key, stream);
    return stream;
  }

  #forgetOldest(): void {
    const [key, stream] = this.#streams.entries().next().value!;
    this.#close(stream);
    this.#streams.delete(key);
  }

  #take(stream: Stream, piece: Piece): void {
    if (stream.isEnded) return;
    if (ahead(stream, piece) > 0) {
      // What waits is copied: it would keep the chunk of the input that it lies in.
      stream.early.push({ ...piece, payload: Buffer.from(piece.payload) });
      this.#earlyBytes += memoryOf(piece);
      while (stream.early.length > MAX_EARLY || (this.#earlyBytes > MAX_EARLY_BYTES && stream.early.length > 0)) {
        this.#giveUp(stream);
      }
      return;
    }
    deliver(stream, piece);
    this.#deliverEarly(stream);
  }

  /** What waited, and follows now without a gap. */
  #deliverEarly(stream: Stream): void {
    for (let ready = this.#takeReady(stream); ready.length > 0; ready = this.#takeReady(stream)) {
      for (const piece of ready) deliver(stream, piece);
    }
  }

  #takeReady(stream: Stream): Piece[] {
    if (stream.early.length === 0) return [];
    const ready = stream.early.filter((piece) => ahead(stream, piece) <= 0);
    if (ready.length === 0) return ready;
    stream.early = stream.early.filter((piece) => ahead(stream, piece) > 0);
    this.#earlyBytes -= ready.reduce((sum, piece) => sum + memoryOf(piece), 0);
    return ready.sort((a, b) => ahead(stream, a) - ahead(stream, b));
  }

  #giveUp(stream: Stream): void {
    const missing = Math.min(...stream.early.map((piece) => ahead(stream, piece)));
    stream.next = plus(stream.next, missing);
    stream.reader.gap(missing);
    this.#deliverEarly(stream);
  }

  #close(stream: Stream): void {
    if (stream.isEnded) return;
    while (stream.early.length > 0) this.#giveUp(stream);
    stream.isEnded = true;
    stream.reader.end();
  }
}

/** How far a piece is behind the next byte of its stream; below 0 where it begins in front of it. Numbers begin anew at 2^32. */
function ahead(stream: Stream, { number }: Piece): number {
  return (number - stream.next) | 0;
}

function memoryOf({ payload }: Piece): number {
  return payload.length + PIECE_BYTES;
}

function plus(number: number, count: number): number {
  return (number + count) >>> 0;
}

/** What of the piece did not come before. */
function deliver(stream: Stream, piece: Piece): void {
  const old = -ahead(stream, piece);
  const fresh = piece.payload.subarray(Math.min(old, piece.payload.length));
  const lost = piece.payload.length + piece.lost - old - fresh.length;
  if (fresh.length > 0) stream.reader.push(fresh);
  stream.next = plus(stream.next, fresh.length + Math.max(0, lost));
  if (lost > 0) stream.reader.gap(lost);
}
