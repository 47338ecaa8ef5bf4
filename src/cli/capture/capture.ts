// The packets of a capture, taken apart down to streams of frames.
import type { Chunk } from '../input/chunk.js';
import type { Talk } from '../input/talk.js';
import { Connections, counted } from './connections.js';
import { ipPacketOf, isKnownLink, LINK_NAMES } from './ether-type.js';
import { type FlowContext, type FlowEvents, FlowReader } from './flow-reader.js';
import { flowText, segmentOf } from './ip.js';
import type { Packet } from './packet.js';
import { TcpStreams } from './tcp-streams.js';

/** So many lines of a kind: a capture may hold any number of connections of other protocols. The rest is counted. */
const MAX_LINES = 20;

type Kind = 'warn' | 'wrong' | 'cut';
const KINDS: readonly Kind[] = ['warn', 'wrong', 'cut'];

export class Capture implements FlowEvents {
  readonly #connections = new Connections();
  readonly #held = { bytes: 0 };
  readonly #streams = new TcpStreams((key, isWhole) => this.#openFlow(key, isWhole));
  #chunks: Chunk[] = [];
  #hasFrames = false;
  readonly #lines = { warn: 0, wrong: 0, cut: 0 };
  #partly = 0;
  /** Packets that may carry TCP and are not read, by what they are (`packet of GRE`); and by the number of their link. */
  readonly #unread = new Map<string, number>();
  readonly #unknownLinks = new Map<number, number>();

  constructor(private readonly talk: Talk) {}

  push({ link, bytes }: Packet): void {
    if (link !== undefined && !isKnownLink(link)) {
      add(this.#unknownLinks, link);
      return;
    }
    const ip = ipPacketOf(link, bytes);
    if (typeof ip === 'string') add(this.#unread, `packet of ${ip}`);
    const segment = typeof ip === 'object' ? segmentOf(ip) : undefined;
    if (segment === undefined) return;
    if ('what' in segment) {
      add(this.#unread, segment.what);
      return;
    }
    if (segment.lost > 0) this.#partly++;
    this.#streams.push(segment);
  }

  /** What has come out since it was asked last. */
  take(): Chunk[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  end(): void {
    this.#streams.end();
    this.#connections.end();
    for (const [what, count] of this.#unread)
      this.#line('warn', `passed over: ${count} ${count === 1 ? what : what.replace(/^\w+/, '$&s')}`);
    for (const [link, count] of this.#unknownLinks)
      this.#line('warn', `passed over: ${counted(count, 'packet')} of link type ${link}: read are ${LINK_NAMES}`);
    for (const kind of KINDS) {
      const more = this.#lines[kind] - MAX_LINES;
      if (more > 0) this.talk[kind](`and ${more} more of that, which ${more === 1 ? 'is' : 'are'} not shown one by one`);
    }
    if (this.#partly > 0)
      this.talk.warn(`${counted(this.#partly, 'packet')} captured in part: tcpdump -s 0 captures all of them`);
    if (!this.#hasFrames) this.talk.wrong('no connection in the capture carries frames');
  }

  chunk(one: Chunk): void {
    this.#hasFrames ||= one.bytes.length > 0;
    this.#chunks.push(one);
  }

  passedOver(flow: string, what: string): void {
    this.#line('warn', `passed over: ${flow}: ${what}`);
  }

  broken(flow: string, why: string): void {
    this.#line('wrong', `${flow}: ${why}`);
  }

  cut(flow: string, what: string): void {
    this.#line('cut', `${flow}: ${what}`);
  }

  ended({ key, exchange }: FlowContext): void {
    this.#connections.close(key, exchange);
  }

  #openFlow(key: string, isWhole: boolean): FlowReader {
    const exchange = this.#connections.open(key);
    return new FlowReader({ key, flow: flowText(key), isWhole, exchange, held: this.#held, events: this });
  }

  #line(kind: Kind, text: string): void {
    if (++this.#lines[kind] <= MAX_LINES) this.talk[kind](text);
  }
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
