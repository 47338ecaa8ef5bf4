// The packets of a capture, taken apart down to streams of frames.
import type { Chunk } from '../input/chunk.js';
import type { Talk } from '../input/talk.js';
import { type FlowEvents, FlowReader } from './flow-reader.js';
import { segmentOf } from './ip.js';
import { ipPacketOf, isKnownLink, LINK_NAMES } from './link-layer.js';
import type { Packet } from './packet.js';
import { TcpStreams } from './tcp-streams.js';

/** So many lines of a kind: a capture may hold any number of connections that are none of ours. */
const MAX_TOLD = 20;

export class Capture implements FlowEvents {
  readonly #streams: TcpStreams;
  #chunks: Chunk[] = [];
  #hasFrames = false;
  readonly #told = { warn: 0, wrong: 0, cut: 0 };
  #counts = { fragments: 0, partly: 0 };
  readonly #unknownLinks = new Set<number>();

  constructor(private readonly talk: Talk) {
    this.#streams = new TcpStreams((flow, isWhole) => new FlowReader(flow, isWhole, this));
  }

  push({ link, bytes }: Packet): void {
    if (link !== undefined && !isKnownLink(link)) this.#unknownLinks.add(link);
    const ip = ipPacketOf(link, bytes);
    const segment = ip === undefined ? undefined : segmentOf(ip);
    if (segment === 'fragment') this.#counts.fragments++;
    else if (segment !== undefined) {
      if (segment.lost > 0) this.#counts.partly++;
      this.#streams.push(segment);
    }
  }

  /** What has come out since it was asked last. */
  take(): Chunk[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  end(): void {
    this.#streams.end();
    const { fragments, partly } = this.#counts;
    if (fragments > 0) this.talk.warn(`passed over: ${counted(fragments, 'fragment')} of IP packets`);
    if (partly > 0) this.talk.warn(`${counted(partly, 'packet')} captured in part: tcpdump -s 0 captures all of them`);
    for (const link of this.#unknownLinks) this.talk.warn(`passed over: packets of link type ${link}: read are ${LINK_NAMES}`);
    if (!this.#hasFrames) this.talk.wrong('no connection in the capture carries frames');
  }

  chunk(one: Chunk): void {
    this.#hasFrames ||= one.bytes.length > 0;
    this.#chunks.push(one);
  }

  passedOver(flow: string, what: string): void {
    this.#tell('warn', `passed over: ${flow}: ${what}`);
  }

  broken(flow: string, why: string): void {
    this.#tell('wrong', `${flow}: ${why}`);
  }

  cut(flow: string, what: string): void {
    this.#tell('cut', `${flow}: ${what}`);
  }

  #tell(kind: 'warn' | 'wrong' | 'cut', text: string): void {
    const told = ++this.#told[kind];
    if (told <= MAX_TOLD) this.talk[kind](text);
    if (told === MAX_TOLD + 1) this.talk[kind]('there is more of that, which is not told one by one');
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
