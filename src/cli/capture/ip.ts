// Finds the TCP segment in an IP packet.

export interface Segment {
  /** Addresses and ports, the sender's first: identifies the direction of a connection. */
  readonly key: string;
  /** Sequence number of the first byte. */
  readonly number: number;
  /** Acknowledgment number; only meaningful with the ACK flag. */
  readonly ack: number;
  readonly flags: number;
  readonly payload: Buffer;
  /** Bytes of the payload that were not captured. */
  readonly lost: number;
}

const TCP = 6;

/**
 * IPv6 extension headers (RFC 7045): hop-by-hop, routing, destination options, mobility, host identity, shim6, and two experimental ones.
 * Each has the number of the next header and its own length.
 */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140, 253, 254]);
const AUTHENTICATION = 51;
const FRAGMENT = 44;

/** Never carry TCP: ICMP, IGMP, UDP, DCCP, EIGRP, OSPF, PIM, VRRP, SCTP, UDP-Lite, and "no next header". */
const NEVER_TCP: ReadonlySet<number> = new Set([1, 2, 17, 33, 58, 59, 88, 89, 103, 112, 132, 136]);

const NAMES: ReadonlyMap<number, string> = new Map([
  [4, 'IPv4 in IP'],
  [41, 'IPv6 in IP'],
  [47, 'GRE'],
  [50, 'ESP'],
  [97, 'Ethernet in IP'],
  [108, 'compressed IP'],
  [115, 'L2TP'],
  [137, 'MPLS in IP'],
]);

const UDP = 17;
/** Tunnels over UDP, by destination port. */
const UDP_TUNNELS: ReadonlyMap<number, string> = new Map([
  [1701, 'L2TP'],
  [2152, 'GTP'],
  [3544, 'Teredo'],
  [4500, 'ESP'],
  [4789, 'VXLAN'],
  [6081, 'Geneve'],
  [8472, 'VXLAN'],
]);

/** An unsupported packet that may carry TCP. */
export interface UnreadPacket {
  /** A noun to be counted: `packet of GRE`. */
  readonly what: string;
}

const FRAGMENTED: UnreadPacket = { what: 'fragment of IP packets' };
/** Also used if the headers were not captured in full. */
const MALFORMED: UnreadPacket = { what: 'packet whose headers are incomplete or malformed' };

/** The TCP segment of a packet; undefined if it never carries TCP. @param ip may be cut anywhere. */
export function segmentOf(ip: Buffer): Segment | UnreadPacket | undefined {
  const version = ip.length > 0 ? ip[0] >> 4 : 0;
  return version === 4 ? ofIpv4(ip) : version === 6 ? ofIpv6(ip) : MALFORMED;
}

function ofIpv4(ip: Buffer): Segment | UnreadPacket | undefined {
  if (ip.length < 20 || (ip[0] & 15) < 5) return MALFORMED;
  const start = (ip[0] & 15) * 4;
  const fragment = ip.readUInt16BE(6) & 0x3fff;
  if (ip[9] !== TCP) return other(ip[9], ip, fragment === 0 ? start : undefined);
  // "More fragments" is set, or the fragment offset is not 0.
  if (fragment !== 0) return FRAGMENTED;
  // 0 if the network card segments the packet (TSO).
  const length = ip.readUInt16BE(2) || ip.length;
  return tcp(ip, start, length, ip.toString('latin1', 12, 20));
}

function ofIpv6(ip: Buffer): Segment | UnreadPacket | undefined {
  if (ip.length < 40) return MALFORMED;
  const payloadBytes = ip.readUInt16BE(4);
  const length = payloadBytes === 0 ? ip.length : 40 + payloadBytes;
  let next = ip[6];
  let at = 40;
  while (next !== TCP) {
    const isExtension = EXTENSIONS.has(next) || next === AUTHENTICATION || next === FRAGMENT;
    if (!isExtension) return other(next, ip, at);
    if (at + 8 > ip.length) return MALFORMED;
    if (next === FRAGMENT && (ip.readUInt16BE(at + 2) & 0xfff9) !== 0) return FRAGMENTED;
    const units = next === FRAGMENT ? 0 : ip[at + 1];
    const bytes = next === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
    next = ip[at];
    at += bytes;
  }
  return tcp(ip, at, length, ip.toString('latin1', 8, 40));
}

/** A protocol other than TCP. @param at where its header begins; undefined in a fragment. */
function other(protocol: number, ip: Buffer, at: number | undefined): UnreadPacket | undefined {
  const tunnel =
    protocol === UDP && at !== undefined && at + 4 <= ip.length ? UDP_TUNNELS.get(ip.readUInt16BE(at + 2)) : undefined;
  if (tunnel !== undefined) return { what: `packet of ${tunnel}` };
  return NEVER_TCP.has(protocol) ? undefined : { what: `packet of ${NAMES.get(protocol) ?? `IP protocol ${protocol}`}` };
}

/** @param end end of the packet as it was sent. */
function tcp(ip: Buffer, at: number, end: number, addresses: string): Segment | UnreadPacket {
  if (ip.length < at + 20) return MALFORMED;
  const start = at + (ip[at + 12] >> 4) * 4;
  if (start < at + 20 || start > end) return MALFORMED;
  return {
    key: addresses + ip.toString('latin1', at, at + 4),
    number: ip.readUInt32BE(at + 4),
    ack: ip.readUInt32BE(at + 8),
    flags: ip[at + 13],
    payload: ip.subarray(start, Math.max(start, Math.min(end, ip.length))),
    lost: Math.max(0, end - Math.max(start, ip.length)),
  };
}

/** The key of the opposite direction. */
export function oppositeKey(key: string): string {
  const size = (key.length - 4) / 2;
  return key.slice(size, 2 * size) + key.slice(0, size) + key.slice(2 * size + 2) + key.slice(2 * size, 2 * size + 2);
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
  // URL shortens the address.
  return new URL(`http://[${bytes.toString('hex').replace(/(.{4})(?!$)/g, '$1:')}]`).hostname;
}
