// The heads of HTTP with which a connection becomes a WebSocket (RFC 6455, section 4).

/** A longer head is none that opens a WebSocket. */
export const MAX_HEAD_BYTES = 16_384;

/** What a head opens. */
export interface Upgrade {
  readonly isWebsocket: boolean;
  /** Names in Sec-WebSocket-Protocol: what a client offers, or what the server picked. */
  readonly subprotocols: readonly string[];
}

/** Position behind the empty line at the end of a head. */
export function headEnd(bytes: Buffer): number | undefined {
  const at = bytes.indexOf('\r\n\r\n');
  return at < 0 ? undefined : at + 4;
}

/** @param head a request, or a response. */
export function readUpgrade(head: string): Upgrade {
  const [start, ...lines] = head.split('\r\n');
  const fields = lines.map((line) => /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/.exec(line) ?? ['', '', '']);
  const valuesOf = (name: string): string[] =>
    fields
      .filter(([, field]) => field.toLowerCase() === name)
      .flatMap(([, , value]) => value.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
  const isStart = /^GET \S+ HTTP\/1\.1$/.test(start) || /^HTTP\/1\.1 101( |$)/.test(start);
  return {
    isWebsocket: isStart && valuesOf('upgrade').some((value) => value.toLowerCase() === 'websocket'),
    subprotocols: valuesOf('sec-websocket-protocol'),
  };
}
