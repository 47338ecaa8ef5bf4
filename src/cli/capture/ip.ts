// From a packet of IP to the segment of TCP in it.

/** A segment of TCP. */
export interface Segment {
  /** Addresses and ports, of the sender first: the same for all segments of a direction. */
  readonly key: string;
  /** The number of its first byte. */
  readonly number: number;
  readonly flags: number;
  readonly payload: Buffer;
  /** So many bytes of the payload were not captured. */
  readonly lost: number;
}

const TCP = 6;

/** Headers that may stand between IPv6 and TCP: hop-by-hop, routing, destination, mobility. Each has the number of the next, and its length. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135]);
const AUTHENTICATION = 51;
const FRAGMENT = 44;

/** `fragment` for a part of a packet that was sent in parts; undefined for anything else that is not TCP. */
export function segmentOf(ip: Buffer): Segment | 'fragment' | undefined {
  return ip[0] >> 4 === 4 ? ofIpv4(ip) : ofIpv6(ip);
}

function ofIpv4(ip: Buffer): Segment | 'fragment' | undefined {
  if (ip.length < 20 || (ip[0] & 15) < 5 || ip[9] !== TCP) return undefined;
  // "More fragments", or a position that is not 0.
  if ((ip.readUInt16BE(6) & 0x3fff) !== 0) return 'fragment';
  // 0 where the network card has yet to cut the packet.
  const length = ip.readUInt16BE(2) || ip.length;
  return tcp(ip, (ip[0] & 15) * 4, length, ip.toString('latin1', 12, 20));
}

function ofIpv6(ip: Buffer): Segment | 'fragment' | undefined {
  if (ip.length < 40) return undefined;
  const payloadBytes = ip.readUInt16BE(4);
  const length = payloadBytes === 0 ? ip.length : 40 + payloadBytes;
  let next = ip[6];
  let at = 40;
  while (next !== TCP) {
    if (at + 8 > ip.length) return undefined;
    if (next === FRAGMENT) {
      if ((ip.readUInt16BE(at + 2) & 0xfff9) !== 0) return 'fragment';
      next = ip[at];
      at += 8;
    } else if (EXTENSIONS.has(next) || next === AUTHENTICATION) {
      const bytes = next === AUTHENTICATION ? (ip[at + 1] + 2) * 4 : (ip[at + 1] + 1) * 8;
      next = ip[at];
      at += bytes;
    } else return undefined;
  }
  return tcp(ip, at, length, ip.toString('latin1', 8, 40));
}

/** @param end of the packet, as it was sent. */
function tcp(ip: Buffer, at: number, end: number, addresses: string): Segment | undefined {
  if (ip.length < at + 20) return undefined;
  const start = at + (ip[at + 12] >> 4) * 4;
  if (start < at + 20 || start > end) return undefined;
  return {
    key: addresses + ip.toString('latin1', at, at + 4),
    number: ip.readUInt32BE(at + 4),
    flags: ip[at + 13],
    payload: ip.subarray(start, Math.max(start, Math.min(end, ip.length))),
    lost: Math.max(0, end - Math.max(start, ip.length)),
  };
}

/** `10.0.0.1:5000 > 10.0.0.2:9000`, `[::1]:5000 > [::1]:9000` */
export function flowText(key: string): string {
  const bytes = Buffer.from(key, 'latin1');
  const size = (bytes.length - 4) / 2;
  const side = (address: number, port: number): string =>
    `${addressText(bytes.subarray(address, address + size))}:${bytes.readUInt16BE(port)}`;
  return `${side(0, 2 * size)} > ${side(size, 2 * size + 2)}`;
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  // A URL writes the address in its short form.
  return new URL(`http://[${bytes.toString('hex').replace(/(.{4})(?!$)/g, '$1:')}]`).hostname;
}
