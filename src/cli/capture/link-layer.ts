// Where IP begins in a packet: what stands in front of it depends on the link, by the numbers of the registry of link types.
import { ipBehind } from './ether-type.js';

/** Position of the IP header, at most the end of what was captured; what else is carried, where that may be TCP and is not read; undefined for everything else. */
type FindIp = (packet: Buffer) => number | string | undefined;

const LINKS: ReadonlyMap<number, FindIp> = new Map([
  // The family of addresses is a number of the system that captured: the header itself says as much.
  [0, () => 4],
  [108, () => 4],
  [1, byType(12, 14)],
  // Two numbers for raw IP that libpcap used to write, and three of the registry.
  ...[12, 14, 101, 228, 229].map((link): [number, FindIp] => [link, () => 0]),
  [113, byType(14, 16)],
  [276, byType(0, 20)],
]);

/** Links that are read, for people. */
export const LINK_NAMES = 'Ethernet, Linux cooked, raw IP, and loopback';

export function isKnownLink(link: number): boolean {
  return LINKS.has(link);
}

/**
 * The packet from its IP header on; what else it is, where that may carry TCP; undefined for everything else.
 * @param link undefined = it has to be found out.
 */
export function ipPacketOf(link: number | undefined, packet: Buffer): Buffer | string | undefined {
  if (link === undefined) return guess(packet);
  const at = LINKS.get(link)?.(packet);
  return typeof at === 'number' ? packet.subarray(at) : at;
}

/** @param typeAt where the link has the EtherType. @param end of its header. */
function byType(typeAt: number, end: number): FindIp {
  return (packet) => (packet.length < end ? packet.length : ipBehind(packet, packet.readUInt16BE(typeAt), end));
}

function isIp(packet: Buffer): boolean {
  return packet.length > 0 && [4, 6].includes(packet[0] >> 4);
}

const GUESSES = [1, 113, 276, 0];

/** tcpdump prints packets from IP on, or with -xx all of them. Raw IP is told from the others by its length, where it was captured whole. */
function guess(packet: Buffer): Buffer | undefined {
  if (isWholeIp(packet)) return packet;
  for (const link of GUESSES) {
    const found = ipPacketOf(link, packet);
    if (typeof found === 'object' && isIp(found) && (link !== 0 || isWholeIp(found))) return found;
  }
  return isIp(packet) ? packet : undefined;
}

function isWholeIp(packet: Buffer): boolean {
  if (packet.length < 20) return false;
  if (packet[0] >> 4 === 6) return packet.length >= 40 && packet.length === 40 + packet.readUInt16BE(4);
  // Ethernet fills up short packets.
  const length = packet.readUInt16BE(2);
  return packet[0] >> 4 === 4 && (packet[0] & 15) >= 5 && length >= 20 && length <= packet.length && packet.length - length < 46;
}
