// Where IP begins in a packet: what stands in front of it depends on the link, by the numbers of the registry of link types.

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** Of 802.1Q, of QinQ, and of QinQ before it was standard: four bytes each, before the next type. */
const VLAN: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);

/** Position of the IP header; undefined where something else is carried. */
type FindIp = (packet: Buffer) => number | undefined;

const LINKS: ReadonlyMap<number, FindIp> = new Map([
  // The family of addresses is a number of the system that captured: the header itself says as much.
  [0, () => 4],
  [108, () => 4],
  [1, (packet) => behindType(packet, 12)],
  // Two numbers for raw IP that libpcap used to write, and three of the registry.
  ...[12, 14, 101, 228, 229].map((link): [number, FindIp] => [link, () => 0]),
  [113, (packet) => behindType(packet, 14)],
  [276, (packet) => (isIp(packet, 0) ? 20 : undefined)],
]);

/** Links that are read, for people. */
export const LINK_NAMES = 'Ethernet, Linux cooked, raw IP, and loopback';

export function isKnownLink(link: number): boolean {
  return LINKS.has(link);
}

/** The packet from its IP header on; undefined where there is none. @param link undefined = it has to be found out. */
export function ipPacketOf(link: number | undefined, packet: Buffer): Buffer | undefined {
  if (link === undefined) return guess(packet);
  const at = LINKS.get(link)?.(packet);
  return at === undefined ? undefined : ipAt(packet, at);
}

function behindType(packet: Buffer, typeAt: number): number | undefined {
  let at = typeAt;
  while (at + 2 <= packet.length && VLAN.has(packet.readUInt16BE(at))) at += 4;
  return isIp(packet, at) ? at + 2 : undefined;
}

function isIp(packet: Buffer, at: number): boolean {
  if (at + 2 > packet.length) return false;
  const type = packet.readUInt16BE(at);
  return type === IPV4 || type === IPV6;
}

function ipAt(packet: Buffer, at: number): Buffer | undefined {
  const version = packet.length > at ? packet[at] >> 4 : 0;
  return version === 4 || version === 6 ? packet.subarray(at) : undefined;
}

const GUESSES = [1, 113, 276, 0];

/** tcpdump prints packets from IP on, or with -xx all of them. Raw IP is told from the others by its length, where it was captured whole. */
function guess(packet: Buffer): Buffer | undefined {
  if (isWholeIp(packet)) return packet;
  for (const link of GUESSES) {
    const found = ipPacketOf(link, packet);
    if (found !== undefined && (link !== 0 || isWholeIp(found))) return found;
  }
  return ipAt(packet, 0);
}

function isWholeIp(packet: Buffer): boolean {
  if (packet.length < 20) return false;
  if (packet[0] >> 4 === 6) return packet.length >= 40 && packet.length === 40 + packet.readUInt16BE(4);
  // Ethernet fills up short packets.
  const length = packet.readUInt16BE(2);
  return packet[0] >> 4 === 4 && (packet[0] & 15) >= 5 && length >= 20 && length <= packet.length && packet.length - length < 46;
}
