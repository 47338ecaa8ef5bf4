// What stands between the header of a link and IP, by the numbers of EtherType: tags of VLANs, PPPoE, labels of MPLS, LLC with SNAP.

/** Of 802.1Q, of QinQ, and of QinQ before it was standard: four bytes each, with the next type in the last two. */
const VLAN: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
const IP: ReadonlySet<number> = new Set([0x0800, 0x86dd]);
/** A session of PPPoE (RFC 2516): six bytes, and the number of a protocol of PPP. */
const PPPOE = 0x8864;
/** Protocols of PPP: IPv4, IPv6, and MPLS, as types of Ethernet. */
const PPP: ReadonlyMap<number, number> = new Map([
  [0x0021, 0x0800],
  [0x0057, 0x86dd],
  [0x0281, 0x8847],
]);
/** Protocols of PPP that set up the link are from here on. */
const FIRST_PPP_CONTROL = 0x8000;
/** MPLS (RFC 3032): labels of four bytes, the last of which has a bit set. */
const MPLS: ReadonlySet<number> = new Set([0x8847, 0x8848]);
/** What is no type is the length of a frame of 802.3. */
const MAX_LENGTH = 1500;
const SNAP = 'aaaa03000000';

/** What carries no TCP by its nature: ARP, RARP, Wake-on-LAN, flow control, slow protocols, discovery of PPPoE, EAPOL, LLDP, PTP, loopback. */
const NEVER_TCP: ReadonlySet<number> = new Set([0x0806, 0x8035, 0x0842, 0x8808, 0x8809, 0x8863, 0x888e, 0x88cc, 0x88f7, 0x9000]);

const NAMES: ReadonlyMap<number, string> = new Map([
  [PPPOE, 'PPPoE'],
  [0x8847, 'MPLS'],
  [0x8848, 'MPLS'],
  [0x88e5, 'MACsec'],
  [0x88e7, 'provider backbone bridges'],
  [0x6558, 'Ethernet in a tunnel'],
]);

/** Position of IP behind a type, at most the end of the packet; what else it is, if that may carry TCP and is not read; undefined for everything else. */
function ipBehind(packet: Buffer, type: number, at: number): number | string | undefined {
  if (IP.has(type)) return at;
  if (VLAN.has(type)) return at + 4 > packet.length ? packet.length : ipBehind(packet, packet.readUInt16BE(at + 2), at + 4);
  if (MPLS.has(type)) return behindLabels(packet, at) ?? NAMES.get(type);
  if (type === PPPOE) return behindPpp(packet, at);
  if (type <= MAX_LENGTH) {
    const isSnap = packet.toString('hex', at, at + 6) === SNAP && at + 8 <= packet.length;
    return isSnap ? ipBehind(packet, packet.readUInt16BE(at + 6), at + 8) : undefined;
  }
  return NEVER_TCP.has(type) ? undefined : (NAMES.get(type) ?? `EtherType 0x${type.toString(16).padStart(4, '0')}`);
}

function behindLabels(packet: Buffer, at: number): number | undefined {
  for (let label = at; label + 4 < packet.length; label += 4) {
    if ((packet[label + 2] & 1) === 0) continue;
    // The labels do not say what they are before: IP begins with its version.
    const version = packet[label + 4] >> 4;
    return version === 4 || version === 6 ? label + 4 : undefined;
  }
  return undefined;
}

function behindPpp(packet: Buffer, at: number): number | string | undefined {
  if (at + 8 > packet.length) return NAMES.get(PPPOE);
  const protocol = packet.readUInt16BE(at + 6);
  const type = PPP.get(protocol);
  if (type !== undefined) return ipBehind(packet, type, at + 8);
  return protocol >= FIRST_PPP_CONTROL ? undefined : NAMES.get(PPPOE);
}

// Where IP begins in a packet: what stands in front of it depends on the link, by the numbers of the registry of link types.
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
