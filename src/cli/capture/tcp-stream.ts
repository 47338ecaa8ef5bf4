// The bytes of one direction of a TCP connection: in the order of their numbers, each byte once. What the numbers show to be missing is
// reported when nothing can fill it any more.

/** Takes the bytes of one direction. */
export interface StreamReader {
  push(bytes: Uint8Array): void;
  /** So many bytes are missing here. */
  gap(bytes: number): void;
  /** So many bytes are in the capture, and are not read. */
  unread(bytes: number, why: string): void;
  /** Nothing follows. */
  end(): void;
}

/** Bytes with the number of the first. */
interface Piece {
  readonly number: number;
  readonly payload: Uint8Array;
  /** So many bytes follow that were not captured. */
  readonly lost: number;
}

/** So many pieces of a stream wait for one that is missing; then that is given up. */
const MAX_EARLY = 256;
/** What a piece takes besides its bytes. */
const PIECE_BYTES = 256;
/** Where the beginning was not captured: so many bytes before the first segment may be late. What is older belongs to another connection. */
const MAX_LATE_BYTES = 2 ** 24;

export class TcpStream {
  /** The number of the next byte. */
  #next: number;
  /** How many bytes came so far, with those that are missing. */
  #count = 0;
  /** Numbers that were seen say that bytes up to this one were sent. */
  #sent: number;
  /** The same by a RST, which counts as long as nothing follows it. */
  #reset: number | undefined;
  /** The number behind the last byte, once there was a FIN. */
  #end: number | undefined;
  #early: Piece[] = [];
  /** Bytes before the first segment: how many there are, how many of them came late, and whether the beginning of the connection came late. */
  #before = { bytes: 0, late: 0, hasStart: false };
  isEnded = false;

  /** @param first the number of the first byte. @param isWhole false where the capture begins in the middle of the connection. */
  constructor(
    private readonly reader: StreamReader,
    readonly first: number,
    private readonly isWhole: boolean,
    private readonly waiting: { bytes: number },
  ) {
    this.#next = first;
    this.#sent = first;
  }

  /** How many pieces wait for a missing one. */
  get earlyPieces(): number {
    return this.#early.length;
  }

  /** How far a number is from the next byte, to either side. */
  distanceTo(number: number): number {
    return Math.abs(distance(number, this.#next));
  }

  /** How many bytes of a piece at `number` came before, at least if its bytes are of this connection; undefined if they cannot be. */
  oldBytes(number: number): number | undefined {
    const ahead = distance(number, this.#next);
    if (ahead > MAX_WINDOW) return undefined;
    // A probe that keeps the connection alive has the number before the next one.
    const late = this.isEnded ? 0 : this.isWhole ? 1 : MAX_LATE_BYTES;
    return -ahead > Math.min(this.#count, MAX_WINDOW) + late ? undefined : Math.max(0, -ahead);
  }

  /** The beginning of the connection was captured behind the first segment. Returns false for that of another connection. */
  takeLateStart(number: number): boolean {
    const before = distance(this.first, number);
    if (this.isWhole || before < 0 || before > MAX_LATE_BYTES) return false;
    this.#before.bytes = Math.max(this.#before.bytes, before);
    this.#before.hasStart = true;
    return true;
  }

  take(piece: Piece): void {
    const size = piece.payload.length + piece.lost;
    const before = distance(this.#next, piece.number) - this.#count;
    if (before > 0 && !this.isWhole) {
      this.#before.bytes = Math.max(this.#before.bytes, before);
      this.#before.late += Math.min(before, size);
    }
    // All that was seen is the number of an empty segment, and that was a probe.
    if (!this.isWhole && this.#count === 0 && this.#early.length === 0 && this.#ahead(piece) === 1) this.#next = piece.number;
    this.sentUpTo(plus(piece.number, size));
    if (this.#ahead(piece) > 0) {
      // What waits is copied: it would keep the chunk of the input that it lies in.
      this.#early.push({ ...piece, payload: Buffer.from(piece.payload) });
      this.waiting.bytes += memoryOf(piece);
      if (this.#early.length > MAX_EARLY) this.giveUp();
      return;
    }
    this.#deliver(piece);
    this.#deliverEarly();
  }

  /** A number that was seen, or acknowledged, shows that the bytes before it were sent. */
  sentUpTo(number: number): void {
    if (distance(number, this.#sent) > 0 && distance(number, this.#next) <= MAX_WINDOW) this.#sent = number;
  }

  /** A FIN, which has the number behind the last byte. */
  finish(end: number): void {
    const ahead = distance(end, this.#next);
    if (ahead >= 0 && ahead <= MAX_WINDOW) this.#end = end;
  }

  /** "In all states except SYN-SENT, a RST is valid if its number is exactly the next one" (RFC 5961, section 3.2). */
  reset(number: number): void {
    const ahead = distance(number, this.#next);
    if (ahead === 0) this.close();
    else if (ahead > 0 && ahead <= MAX_WINDOW) this.#reset = number;
  }

  /** True once all bytes before the FIN have come. */
  get isComplete(): boolean {
    return this.#end === this.#next;
  }

  /** The next bytes are missing: goes on behind them. */
  giveUp(): void {
    const missing = Math.min(...this.#early.map((piece) => this.#ahead(piece)));
    this.#advance(missing);
    this.reader.gap(missing);
    this.#deliverEarly();
  }

  close(): void {
    if (this.isEnded) return;
    while (this.#early.length > 0) this.giveUp();
    const missing = this.#missingAtEnd();
    if (missing > 0) this.reader.gap(missing);
    const { bytes, late, hasStart } = this.#before;
    const unread = Math.min(bytes, late);
    if (unread > 0) this.reader.unread(unread, 'sent before the first ones that were captured');
    if (hasStart && bytes > unread) this.reader.gap(bytes - unread);
    this.isEnded = true;
    this.reader.end();
  }

  #missingAtEnd(): number {
    if (this.#end !== undefined) return distance(this.#end, this.#next);
    const marks = [this.#sent, ...(this.#reset === undefined ? [] : [this.#reset])];
    const missing = Math.max(...marks.map((mark) => distance(mark, this.#next)));
    // A FIN has a number too: one that was not captured is no missing byte.
    return missing === 1 ? 0 : missing;
  }

  /** What waited, and follows now without a gap. */
  #deliverEarly(): void {
    for (let ready = this.#takeReady(); ready.length > 0; ready = this.#takeReady()) {
      for (const piece of ready) this.#deliver(piece);
    }
  }

  #takeReady(): Piece[] {
    if (this.#early.length === 0) return [];
    const ready = this.#early.filter((piece) => this.#ahead(piece) <= 0);
    if (ready.length === 0) return ready;
    this.#early = this.#early.filter((piece) => this.#ahead(piece) > 0);
    this.waiting.bytes -= ready.reduce((sum, piece) => sum + memoryOf(piece), 0);
    return ready.sort((a, b) => this.#ahead(a) - this.#ahead(b));
  }

  /** What of the piece did not come before. */
  #deliver(piece: Piece): void {
    const { payload, lost } = without(piece, -this.#ahead(piece));
    if (payload.length > 0) this.reader.push(payload);
    this.#advance(payload.length + lost);
    if (lost > 0) this.reader.gap(lost);
  }

  #advance(bytes: number): void {
    if (bytes === 0) return;
    this.#next = plus(this.#next, bytes);
    this.#count += bytes;
    this.#reset = undefined;
    // Bytes behind a FIN: it was none of this connection's.
    if (this.#end !== undefined && distance(this.#end, this.#next) < 0) this.#end = undefined;
  }

  #ahead({ number }: Piece): number {
    return distance(number, this.#next);
  }
}

/** The piece without so many bytes at its beginning. */
export function without({ number, payload, lost }: Piece, bytes: number): Piece {
  return {
    number: plus(number, bytes),
    payload: payload.subarray(Math.min(bytes, payload.length)),
    lost: Math.max(0, Math.min(lost, payload.length + lost - bytes)),
  };
}

function memoryOf({ payload }: Piece): number {
  return payload.length + PIECE_BYTES;
}

// Sequence numbers of TCP count bytes and start again at 0 behind 2^32 - 1 (RFC 9293, section 3.4).

/** The largest window that TCP can have: 65535 bytes, scaled by 2^14. Nothing further ahead belongs to the same connection. */
const MAX_WINDOW = 2 ** 30;

export function plus(number: number, count: number): number {
  return (number + count) >>> 0;
}

/** How far a number is ahead of another one; below 0 where it is behind. */
export function distance(number: number, from: number): number {
  return (number - from) | 0;
}
