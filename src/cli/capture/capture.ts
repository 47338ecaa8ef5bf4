// Turns the packets of a capture into streams of frames.
import type { Chunk } from '../input/chunk.js';
import type { Diagnostics } from '../input/diagnostics.js';
import { Connections, counted } from './connections.js';
import { type FlowContext, type FlowEvents, FlowReader } from './flow-reader.js';
import { flowText, segmentOf } from './ip.js';
import { ipPacketOf, isKnownLink, LINK_NAMES } from './link-layer.js';
import type { Packet } from './packet.js';
import { TcpStreams } from './tcp-streams.js';
import type { MessageKind } from './websocket-frames.js';

/** Maximum messages printed per severity; the rest is counted. A capture may hold any number of connections of other protocols. */
const MAX_LINES = 20;

type Severity = 'warn' | 'invalid' | 'truncated';
const SEVERITIES: readonly Severity[] = ['warn', 'invalid', 'truncated'];

export class Capture implements FlowEvents {
  readonly #connections = new Connections();
  readonly #buffered = { bytes: 0 };
  readonly #streams = new TcpStreams((key, isWhole) => this.#openFlow(key, isWhole));
  #chunks: Chunk[] = [];
  #hasFrames = false;
  readonly #messages = { warn: 0, invalid: 0, truncated: 0 };
  #partialPackets = 0;
  /** Unsupported packets that may carry TCP: counts by description (`packet of GRE`), and by link type. */
  readonly #unread = new Map<string, number>();
  readonly #unknownLinks = new Map<number, number>();

  /** @param wanted the WebSocket messages to read. */
  constructor(
    private readonly diagnostics: Diagnostics,
    private readonly wanted: MessageKind,
  ) {}

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
    if (segment.lost > 0) this.#partialPackets++;
    this.#streams.push(segment);
  }

  /** The chunks that were produced since the last call. */
  take(): Chunk[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  end(): void {
    this.#streams.end();
    this.#connections.end();
    for (const [what, count] of this.#unread)
      this.#report('warn', `skipped: ${count} ${count === 1 ? what : what.replace(/^\w+/, '$&s')}`);
    for (const [link, count] of this.#unknownLinks)
      this.#report('warn', `skipped: ${counted(count, 'packet')} of link type ${link}, supported are ${LINK_NAMES}`);
    for (const severity of SEVERITIES) {
      const more = this.#messages[severity] - MAX_LINES;
      if (more > 0) this.diagnostics[severity](`${more} more like these ${more === 1 ? 'is' : 'are'} not shown`);
    }
    if (this.#partialPackets > 0)
      this.diagnostics.warn(`${counted(this.#partialPackets, 'packet')} not captured in full: use tcpdump -s 0`);
    if (!this.#hasFrames) this.diagnostics.invalid('the capture has no connection that carries frames');
  }

  chunk(one: Chunk): void {
    this.#hasFrames ||= one.bytes.length > 0;
    this.#chunks.push(one);
  }

  skipped(flow: string, what: string): void {
    this.#report('warn', `skipped: ${flow}: ${what}`);
  }

  broken(flow: string, why: string): void {
    this.#report('invalid', `${flow}: ${why}`);
  }

  truncated(flow: string, what: string): void {
    this.#report('truncated', `${flow}: ${what}`);
  }

  ended({ key, exchange }: FlowContext): void {
    this.#connections.close(key, exchange);
  }

  #openFlow(key: string, isWhole: boolean): FlowReader {
    const exchange = this.#connections.open(key);
    return new FlowReader({
      key,
      flow: flowText(key),
      isWhole,
      exchange,
      buffered: this.#buffered,
      wanted: this.wanted,
      events: this,
    });
  }

  #report(severity: Severity, text: string): void {
    if (++this.#messages[severity] <= MAX_LINES) this.diagnostics[severity](text);
  }
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
