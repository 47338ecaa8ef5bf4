// Packets put together: in the order of their numbers, each byte once.

interface Stream {
  /** The number of the next byte; undefined before the first. */
  next: number | undefined;
  /** Segments behind a gap, by number. */
  readonly early: Map<number, Uint8Array>;
}

export interface StreamBytes {
  /** `10.0.0.1:5000 > 10.0.0.2:9000` */
  readonly flow: string;
  readonly bytes: Uint8Array;
}

/** So many segments wait for one that is missing; then it is given up. */
const MAX_EARLY = 256;

const TCP = 6;
const SYN = 2;

export class TcpStreams {
  readonly #streams = new Map<string, Stream>();

  constructor(private readonly warn: (text: string) => void) {}

  /** Takes a packet, from its IP header or from that of its link on. */
  push(packet: Buffer): StreamBytes[] {
    const segment = segmentOf(packet);
    if (segment === undefined) return [];
    const { flow, number, flags, payload } = segment;
    let stream = this.#streams.get(flow);
    if (stream === undefined || (flags & SYN) !== 0) {
      stream = { next: (flags & SYN) !== 0 ? (number + 1) >>> 0 : number, early: new Map() };
      this.#streams.set(flow, stream);
    }
    if (payload.length === 0) return [];
    stream.next ??= number;
    stream.early.set(number, payload);
    if (stream.early.size > MAX_EARLY) this.#giveUp(flow, stream);
    return ready(stream).map((bytes) => ({ flow, bytes }));
  }

  end(): void {
    for (const [flow, { early }] of this.#streams) {
      if (early.size > 0) this.warn(`${flow}: segments are missing, and ${early.size} behind them were left out`);
    }
  }

  #giveUp(flow: string, stream: Stream): void {
    const first = Math.min(...stream.early.keys());
    this.warn(`${flow}: ${(first - stream.next!) >>> 0} bytes are missing`);
    stream.next = first;
  }
}

/** What follows without a gap; what came again is left out. */
function ready(stream: Stream): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let again = true; again; ) {
    again = false;
    for (const [number, payload] of stream.early) {
      const ahead = (number - stream.next!) | 0;
      if (ahead > 0) continue;
      stream.early.delete(number);
      const fresh = payload.subarray(-ahead);
      if (fresh.length === 0) continue;
      found.push(fresh);
      stream.next = (stream.next! + fresh.length) >>> 0;
      again = true;
    }
  }
  return found;
}

interface Segment {
  readonly flow: string;
  readonly number: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Sizes of the headers that may stand in front of IP: none, loopback, Ethernet, Linux cooked 1 and 2. */
const LINK_BYTES = [0, 4, 14, 16, 20];

function segmentOf(packet: Buffer): Segment | undefined {
  for (const at of LINK_BYTES) {
    const found = packet.length > at + 20 ? (ipv4(packet, at) ?? ipv6(packet, at)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function ipv4(packet: Buffer, at: number): Segment | undefined {
  const end = at + packet.readUInt16BE(at + 2);
  if (packet[at] >> 4 !== 4 || packet[at + 9] !== TCP || (packet[at] & 15) < 5) return undefined;
  const address = (from: number): string => packet.subarray(from, from + 4).join('.');
  return tcp(packet, at + (packet[at] & 15) * 4, end, address(at + 12), address(at + 16));
}

function ipv6(packet: Buffer, at: number): Segment | undefined {
  if (packet.length < at + 40 || packet[at] >> 4 !== 6 || packet[at + 6] !== TCP) return undefined;
  const address = (from: number): string =>
    `[${packet
      .subarray(from, from + 16)
      .toString('hex')
      .replace(/(.{4})(?!$)/g, '$1:')}]`;
  return tcp(packet, at + 40, at + 40 + packet.readUInt16BE(at + 4), address(at + 8), address(at + 24));
}

function tcp(packet: Buffer, at: number, end: number, source: string, target: string): Segment | undefined {
  if (packet.length < at + 20 || end < at + 20) return undefined;
  const start = at + (packet[at + 12] >> 4) * 4;
  return {
    flow: `${source}:${packet.readUInt16BE(at)} > ${target}:${packet.readUInt16BE(at + 2)}`,
    number: packet.readUInt32BE(at + 4),
    flags: packet[at + 13],
    payload: packet.subarray(start, Math.min(end, packet.length)),
  };
}
