// Segments of TCP, each given to its direction of its connection.
import { oppositeKey, type Segment } from './ip.js';
import { distance, plus, type StreamReader, TcpStream, without } from './tcp-stream.js';
/** @param key of the segments. @param isWhole false where the capture begins in the middle of the connection. */
export type OpenStream = (key: string, isWhole: boolean) => StreamReader;

interface Direction {
  readonly reader: StreamReader;
  readonly stream: TcpStream;
  /**
   * A SYN with another number, which ends nothing by itself (RFC 5961, section 4): the next segment shows whether the ports are used again.
   */
  rival: Segment | undefined;
}

/** So many bytes of all streams wait for a missing segment; then that is given up. */
const MAX_EARLY_BYTES = 1 << 26;
/** So many streams are remembered. Then the one that has been quiet for longest is forgotten. */
const MAX_STREAMS = 65_536;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

export class TcpStreams {
  /** The one that was quiet for longest comes first. */
  readonly #directions = new Map<string, Direction>();
  /** What all streams keep. */
  readonly #waiting = { bytes: 0 };

  constructor(private readonly open: OpenStream) {}

  push(segment: Segment): void {
    const { key, flags } = segment;
    if ((flags & ACK) !== 0) this.#acknowledge(segment);
    let direction = this.#directions.get(key);
    if (direction !== undefined) {
      // Now it is the one that was heard of last.
      this.#directions.delete(key);
      this.#directions.set(key, direction);
    }
    if ((flags & RST) !== 0) {
      if (direction?.rival !== undefined && distance(segment.number, direction.rival.number) === 1)
        direction = this.#follow(key, direction, direction.rival);
      // The text that a RST may carry is for people, and no part of the stream (RFC 1122, section 4.2.2.12).
      direction?.stream.reset(segment.number);
      return;
    }
    if ((flags & SYN) !== 0) {
      this.#start(direction, segment);
      return;
    }
    if (direction?.rival !== undefined) direction = this.#settle(direction, segment);
    this.#take(direction, segment);
  }

  /** Nothing more is captured. */
  end(): void {
    for (const [key, direction] of this.#directions) this.#close(key, direction);
  }

  /** A SYN: of a new connection, of one that is known, or of one that is in doubt. */
  #start(direction: Direction | undefined, segment: Segment): void {
    const first = plus(segment.number, 1);
    if (direction === undefined || (direction.stream.isEnded && direction.stream.first !== first)) {
      this.#take(this.#openAt(segment.key, first, true), { ...segment, number: first });
    } else if (direction.stream.first === first || direction.stream.takeLateStart(first)) {
      this.#take(direction, { ...segment, number: first });
    } else if (direction.rival?.number !== segment.number) {
      this.#dropRival(direction);
      // What waits is copied: it would keep the chunk of the input that it lies in.
      direction.rival = { ...segment, payload: Buffer.from(segment.payload) };
    }
  }

  /** The next segment behind a SYN with another number: goes on with the connection that it belongs to. */
  #settle(direction: Direction, { key, number }: Segment): Direction {
    const rival = direction.rival!;
    const ahead = distance(number, plus(rival.number, 1));
    if (ahead >= 0 && ahead < direction.stream.distanceTo(number)) return this.#follow(key, direction, rival);
    this.#dropRival(direction);
    return direction;
  }

  /** The connection of the SYN takes the place of the one before. */
  #follow(key: string, { stream }: Direction, rival: Segment): Direction {
    stream.close();
    const next = this.#openAt(key, plus(rival.number, 1), true);
    this.#take(next, { ...rival, number: plus(rival.number, 1) });
    return next;
  }

  #dropRival(direction: Direction): void {
    const bytes = direction.rival?.payload.length ?? 0;
    if (bytes > 0) direction.reader.unread(bytes, 'sent with a SYN that opened no connection');
    direction.rival = undefined;
  }

  #take(direction: Direction | undefined, segment: Segment): void {
    const { key, flags, number, payload, lost } = segment;
    const size = payload.length + lost;
    const end = plus(number, size);
    const old = direction?.stream.oldBytes(number);
    // An empty segment begins nothing where there was a connection, and what comes again behind its end neither.
    if (direction?.stream.isEnded ? size <= (old ?? 0) : direction !== undefined && old === undefined && size === 0) return;
    const isOther = direction === undefined || direction.stream.isEnded || old === undefined;
    const piece = isOther ? without(segment, old ?? 0) : segment;
    if (isOther) direction?.stream.close();
    const { stream } = isOther ? this.#openAt(key, piece.number, false) : direction;
    if (size > 0) stream.take(piece);
    else stream.sentUpTo(number);
    this.#makeRoom(stream);
    if ((flags & FIN) !== 0) stream.finish(end);
    if (stream.isComplete) stream.close();
  }

  #makeRoom(stream: TcpStream): void {
    while (this.#waiting.bytes > MAX_EARLY_BYTES && stream.earlyPieces > 0) stream.giveUp();
  }

  /** "ACK: the next number that its sender expects to receive": what was received, was sent. */
  #acknowledge({ key, ack }: Segment): void {
    // One of 0 was rather left out than reached.
    const other = ack === 0 ? undefined : this.#directions.get(oppositeKey(key));
    if (other !== undefined && !other.stream.isEnded && other.rival === undefined) other.stream.sentUpTo(ack);
  }

  #openAt(key: string, number: number, isWhole: boolean): Direction {
    this.#directions.delete(key);
    if (this.#directions.size === MAX_STREAMS) {
      const [oldest, direction] = this.#directions.entries().next().value!;
      this.#close(oldest, direction);
      this.#directions.delete(oldest);
    }
    const reader = this.open(key, isWhole);
    const direction = { reader, stream: new TcpStream(reader, number, isWhole, this.#waiting), rival: undefined };
    this.#directions.set(key, direction);
    return direction;
  }

  #close(key: string, direction: Direction): void {
    const { rival } = direction;
    direction.stream.close();
    direction.rival = undefined;
    if (rival !== undefined && rival.payload.length > 0) this.#follow(key, direction, rival).stream.close();
  }
}
