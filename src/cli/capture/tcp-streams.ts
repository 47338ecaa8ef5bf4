// Assigns TCP segments to the directions of connections.
import { oppositeKey, type Segment } from './ip.js';
import { distance, plus, type StreamReader, TcpStream, trimStart } from './tcp-stream.js';

/** @param key key of the segments. @param isWhole false if the capture begins in the middle of the connection. */
export type OpenStream = (key: string, isWhole: boolean) => StreamReader;

interface Direction {
  readonly reader: StreamReader;
  readonly stream: TcpStream;
  /**
   * A SYN with another sequence number. It does not end the connection (RFC 5961, section 4): the next segment shows whether the ports are
   * reused.
   */
  pendingSyn: Segment | undefined;
}

/** Maximum out-of-order bytes of all streams. Then missing segments are given up. */
const MAX_OUT_OF_ORDER_BYTES = 1 << 26;
/** Maximum streams. Then the least recently used one is closed. */
const MAX_STREAMS = 65_536;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

export class TcpStreams {
  /** The least recently used one comes first. */
  readonly #directions = new Map<string, Direction>();
  /** Out-of-order bytes of all streams. */
  readonly #waiting = { bytes: 0 };

  constructor(private readonly open: OpenStream) {}

  push(segment: Segment): void {
    const { key, flags } = segment;
    if ((flags & ACK) !== 0) this.#acknowledge(segment);
    let direction = this.#directions.get(key);
    if (direction !== undefined) {
      // Most recently used.
      this.#directions.delete(key);
      this.#directions.set(key, direction);
    }
    if ((flags & RST) !== 0) {
      if (direction?.pendingSyn !== undefined && distance(segment.number, direction.pendingSyn.number) === 1)
        direction = this.#follow(key, direction, direction.pendingSyn);
      // Data in a RST is a diagnostic text and not part of the stream (RFC 1122, section 4.2.2.12).
      direction?.stream.reset(segment.number);
      return;
    }
    if ((flags & SYN) !== 0) {
      this.#start(direction, segment);
      return;
    }
    if (direction?.pendingSyn !== undefined) direction = this.#resolvePendingSyn(direction, segment);
    this.#take(direction, segment);
  }

  /** The capture ends. */
  end(): void {
    for (const [key, direction] of this.#directions) this.#close(key, direction);
  }

  /** A SYN: of a new connection, of a known one, or of one that may reuse the ports. */
  #start(direction: Direction | undefined, segment: Segment): void {
    const first = plus(segment.number, 1);
    if (direction === undefined || (direction.stream.isEnded && direction.stream.first !== first)) {
      this.#take(this.#openAt(segment.key, first, true), { ...segment, number: first });
    } else if (direction.stream.first === first || direction.stream.takeLateStart(first)) {
      this.#take(direction, { ...segment, number: first });
    } else if (direction.pendingSyn?.number !== segment.number) {
      this.#dropPendingSyn(direction);
      // Copied, so that it does not keep a chunk of the input alive.
      direction.pendingSyn = { ...segment, payload: Buffer.from(segment.payload) };
    }
  }

  /** The segment after a SYN with another number: returns the connection that it belongs to. */
  #resolvePendingSyn(direction: Direction, { key, number }: Segment): Direction {
    const pendingSyn = direction.pendingSyn!;
    const ahead = distance(number, plus(pendingSyn.number, 1));
    if (ahead >= 0 && ahead < direction.stream.distanceTo(number)) return this.#follow(key, direction, pendingSyn);
    this.#dropPendingSyn(direction);
    return direction;
  }

  /** Replaces the connection by that of the SYN. */
  #follow(key: string, { stream }: Direction, pendingSyn: Segment): Direction {
    stream.close();
    const next = this.#openAt(key, plus(pendingSyn.number, 1), true);
    this.#take(next, { ...pendingSyn, number: plus(pendingSyn.number, 1) });
    return next;
  }

  #dropPendingSyn(direction: Direction): void {
    const bytes = direction.pendingSyn?.payload.length ?? 0;
    if (bytes > 0) direction.reader.unread(bytes, 'sent with a SYN that opened no connection');
    direction.pendingSyn = undefined;
  }

  #take(direction: Direction | undefined, segment: Segment): void {
    const { key, flags, number, payload, lost } = segment;
    const size = payload.length + lost;
    const end = plus(number, size);
    const old = direction?.stream.oldBytes(number);
    // Neither an empty segment nor a retransmission after the end begins a connection.
    if (direction?.stream.isEnded ? size <= (old ?? 0) : direction !== undefined && old === undefined && size === 0) return;
    const isOther = direction === undefined || direction.stream.isEnded || old === undefined;
    const data = isOther ? trimStart(segment, old ?? 0) : segment;
    if (isOther) direction?.stream.close();
    const { stream } = isOther ? this.#openAt(key, data.number, false) : direction;
    if (size > 0) stream.take(data);
    else stream.sentUpTo(number);
    this.#makeRoom(stream);
    if ((flags & FIN) !== 0) stream.finish(end);
    if (stream.isComplete) stream.close();
  }

  #makeRoom(stream: TcpStream): void {
    while (this.#waiting.bytes > MAX_OUT_OF_ORDER_BYTES && stream.outOfOrderCount > 0) stream.giveUp();
  }

  /** The acknowledgment number is the next one that its sender expects (RFC 9293, section 3.1): all bytes before it were sent. */
  #acknowledge({ key, ack }: Segment): void {
    // 0 is more likely unset than reached.
    const other = ack === 0 ? undefined : this.#directions.get(oppositeKey(key));
    if (other !== undefined && !other.stream.isEnded && other.pendingSyn === undefined) other.stream.sentUpTo(ack);
  }

  #openAt(key: string, number: number, isWhole: boolean): Direction {
    this.#directions.delete(key);
    if (this.#directions.size === MAX_STREAMS) {
      const [oldest, direction] = this.#directions.entries().next().value!;
      this.#close(oldest, direction);
      this.#directions.delete(oldest);
    }
    const reader = this.open(key, isWhole);
    const direction = { reader, stream: new TcpStream(reader, number, isWhole, this.#waiting), pendingSyn: undefined };
    this.#directions.set(key, direction);
    return direction;
  }

  #close(key: string, direction: Direction): void {
    const { pendingSyn } = direction;
    direction.stream.close();
    direction.pendingSyn = undefined;
    if (pendingSyn !== undefined && pendingSyn.payload.length > 0) this.#follow(key, direction, pendingSyn).stream.close();
  }
}
