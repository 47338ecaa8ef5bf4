// Reassembles one direction of a TCP connection: bytes in order of their sequence numbers, each byte once. Missing bytes are reported as a gap
// once nothing can fill it any more.

/** Receives the bytes of one direction. */
export interface StreamReader {
  push(bytes: Uint8Array): void;
  /** Bytes are missing here. */
  gap(bytes: number): void;
  /** Bytes of the capture were not read. */
  unread(bytes: number, why: string): void;
  /** The direction has ended. */
  end(): void;
}

/** Data with the sequence number of its first byte. */
interface SegmentData {
  readonly number: number;
  readonly payload: Uint8Array;
  /** Bytes after the payload that were not captured. */
  readonly lost: number;
}

/** Maximum out-of-order segments of a stream. Then the missing bytes are given up. */
const MAX_OUT_OF_ORDER = 256;
/** Memory of a segment besides its payload. */
const OVERHEAD_BYTES = 256;
/** If the beginning was not captured: how far before the first segment late bytes may be. Older ones belong to another connection. */
const MAX_LATE_BYTES = 2 ** 24;

export class TcpStream {
  /** Sequence number of the next byte. */
  #next: number;
  /** Bytes so far, including missing ones. */
  #count = 0;
  /** Bytes before this sequence number were sent, by the numbers seen. */
  #sent: number;
  /** The same by a RST, as long as nothing follows it. */
  #reset: number | undefined;
  /** Sequence number after the last byte, once a FIN was seen. */
  #end: number | undefined;
  #outOfOrder: SegmentData[] = [];
  /** Bytes before the first segment: their number, how many arrived late, and whether the SYN arrived late. */
  #before = { bytes: 0, late: 0, hasStart: false };
  isEnded = false;

  /** @param first sequence number of the first byte. @param isWhole false if the capture begins in the middle of the connection. */
  constructor(
    private readonly reader: StreamReader,
    readonly first: number,
    private readonly isWhole: boolean,
    private readonly waiting: { bytes: number },
  ) {
    this.#next = first;
    this.#sent = first;
  }

  /** Segments that wait for missing bytes. */
  get outOfOrderCount(): number {
    return this.#outOfOrder.length;
  }

  /** Distance of a sequence number from the next byte, in either direction. */
  distanceTo(number: number): number {
    return Math.abs(distance(number, this.#next));
  }

  /** Bytes of a segment at `number` that were received before; undefined if the segment cannot belong to this connection. */
  oldBytes(number: number): number | undefined {
    const ahead = distance(number, this.#next);
    if (ahead > MAX_WINDOW) return undefined;
    // A keepalive probe has the number before the next one.
    const late = this.isEnded ? 0 : this.isWhole ? 1 : MAX_LATE_BYTES;
    return -ahead > Math.min(this.#count, MAX_WINDOW) + late ? undefined : Math.max(0, -ahead);
  }

  /** A SYN captured after the first segment. Returns false if it belongs to another connection. */
  takeLateStart(number: number): boolean {
    const before = distance(this.first, number);
    if (this.isWhole || before < 0 || before > MAX_LATE_BYTES) return false;
    this.#before.bytes = Math.max(this.#before.bytes, before);
    this.#before.hasStart = true;
    return true;
  }

  take(data: SegmentData): void {
    const size = data.payload.length + data.lost;
    const before = distance(this.#next, data.number) - this.#count;
    if (before > 0 && !this.isWhole) {
      this.#before.bytes = Math.max(this.#before.bytes, before);
      this.#before.late += Math.min(before, size);
    }
    // Only an empty segment was seen so far, and it was a keepalive probe.
    if (!this.isWhole && this.#count === 0 && this.#outOfOrder.length === 0 && this.#ahead(data) === 1) this.#next = data.number;
    this.sentUpTo(plus(data.number, size));
    if (this.#ahead(data) > 0) {
      // Copied, so that it does not keep a chunk of the input alive.
      this.#outOfOrder.push({ ...data, payload: Buffer.from(data.payload) });
      this.waiting.bytes += memoryOf(data);
      if (this.#outOfOrder.length > MAX_OUT_OF_ORDER) this.giveUp();
      return;
    }
    this.#deliver(data);
    this.#deliverInOrder();
  }

  /** A sequence or acknowledgment number shows that the bytes before it were sent. */
  sentUpTo(number: number): void {
    if (distance(number, this.#sent) > 0 && distance(number, this.#next) <= MAX_WINDOW) this.#sent = number;
  }

  /** A FIN, with the sequence number after the last byte. */
  finish(end: number): void {
    const ahead = distance(end, this.#next);
    if (ahead >= 0 && ahead <= MAX_WINDOW) this.#end = end;
  }

  /** A RST is valid if its sequence number is exactly the next one (RFC 5961, section 3.2). */
  reset(number: number): void {
    const ahead = distance(number, this.#next);
    if (ahead === 0) this.close();
    else if (ahead > 0 && ahead <= MAX_WINDOW) this.#reset = number;
  }

  /** True once all bytes before the FIN were received. */
  get isComplete(): boolean {
    return this.#end === this.#next;
  }

  /** Gives up the missing bytes and continues after them. */
  giveUp(): void {
    const missing = Math.min(...this.#outOfOrder.map((data) => this.#ahead(data)));
    this.#advance(missing);
    this.reader.gap(missing);
    this.#deliverInOrder();
  }

  close(): void {
    if (this.isEnded) return;
    while (this.#outOfOrder.length > 0) this.giveUp();
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
    // A FIN takes a sequence number too: one that was not captured is not a missing byte.
    return missing === 1 ? 0 : missing;
  }

  /** Delivers waiting segments that are in order now. */
  #deliverInOrder(): void {
    for (let ready = this.#takeReady(); ready.length > 0; ready = this.#takeReady()) {
      for (const data of ready) this.#deliver(data);
    }
  }

  #takeReady(): SegmentData[] {
    if (this.#outOfOrder.length === 0) return [];
    const ready = this.#outOfOrder.filter((data) => this.#ahead(data) <= 0);
    if (ready.length === 0) return ready;
    this.#outOfOrder = this.#outOfOrder.filter((data) => this.#ahead(data) > 0);
    this.waiting.bytes -= ready.reduce((sum, data) => sum + memoryOf(data), 0);
    return ready.sort((a, b) => this.#ahead(a) - this.#ahead(b));
  }

  /** Delivers the new bytes of a segment. */
  #deliver(data: SegmentData): void {
    const { payload, lost } = trimStart(data, -this.#ahead(data));
    if (payload.length > 0) this.reader.push(payload);
    this.#advance(payload.length + lost);
    if (lost > 0) this.reader.gap(lost);
  }

  #advance(bytes: number): void {
    if (bytes === 0) return;
    this.#next = plus(this.#next, bytes);
    this.#count += bytes;
    this.#reset = undefined;
    // Bytes after the FIN: it did not belong to this connection.
    if (this.#end !== undefined && distance(this.#end, this.#next) < 0) this.#end = undefined;
  }

  #ahead({ number }: SegmentData): number {
    return distance(number, this.#next);
  }
}

/** The data without its first `bytes` bytes. */
export function trimStart({ number, payload, lost }: SegmentData, bytes: number): SegmentData {
  return {
    number: plus(number, bytes),
    payload: payload.subarray(Math.min(bytes, payload.length)),
    lost: Math.max(0, Math.min(lost, payload.length + lost - bytes)),
  };
}

function memoryOf({ payload }: SegmentData): number {
  return payload.length + OVERHEAD_BYTES;
}

// Sequence numbers count bytes modulo 2^32 (RFC 9293, section 3.4).

/** The largest TCP window: 65535 bytes, scaled by 2^14. Nothing further ahead belongs to the same connection. */
const MAX_WINDOW = 2 ** 30;

export function plus(number: number, count: number): number {
  return (number + count) >>> 0;
}

/** How far a number is ahead of another one; negative if it is behind. */
export function distance(number: number, from: number): number {
  return (number - from) | 0;
}
