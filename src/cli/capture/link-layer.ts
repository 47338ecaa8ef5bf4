// Finds the IP packet in a link-layer frame, through VLAN tags, PPPoE, MPLS labels, and LLC with SNAP.

/**
 * Position of the IP header (at most the captured length); or the name of an unsupported protocol that may carry TCP; undefined for
 * everything else.
 */
type FindIp = (packet: Buffer) => number | string | undefined;

/** By the number in the registry of link types (LINKTYPE_*). */
const LINKS: ReadonlyMap<number, FindIp> = new Map([
  // Loopback: four bytes with the address family, whose numbers depend on the system. The IP header has its version anyway.
  [0, () => 4],
  [108, () => 4],
  [1, byType(12, 14)],
  // Raw IP: two numbers that libpcap used to write, and three from the registry.
  ...[12, 14, 101, 228, 229].map((link): [number, FindIp] => [link, () => 0]),
  [113, byType(14, 16)],
  [276, byType(0, 20)],
]);

/** The supported links, for messages. */
export const LINK_NAMES = 'Ethernet, Linux cooked, raw IP, and loopback';

export function isKnownLink(link: number): boolean {
  return LINKS.has(link);
}

/**
 * The packet from its IP header on; or the name of an unsupported protocol that may carry TCP; undefined for everything else.
 * @param link undefined = unknown, to be detected.
 */
export function ipPacketOf(link: number | undefined, packet: Buffer): Buffer | string | undefined {
  if (link === undefined) return detectIp(packet);
  const at = LINKS.get(link)?.(packet);
  return typeof at === 'number' ? packet.subarray(at) : at;
}

/** @param typeAt position of the EtherType. @param end end of the link header. */
function byType(typeAt: number, end: number): FindIp {
  return (packet) => (packet.length < end ? packet.length : ipAfter(packet, packet.readUInt16BE(typeAt), end));
}

function isIp(packet: Buffer): boolean {
  return packet.length > 0 && [4, 6].includes(packet[0] >> 4);
}

const CANDIDATE_LINKS = [1, 113, 276, 0];

/** tcpdump -x prints packets from IP on, -xx prints link headers too. A complete IP packet is recognized by its length field. */
function detectIp(packet: Buffer): Buffer | undefined {
  if (isWholeIp(packet)) return packet;
  for (const link of CANDIDATE_LINKS) {
    const found = ipPacketOf(link, packet);
    if (typeof found === 'object' && isIp(found) && (link !== 0 || isWholeIp(found))) return found;
  }
  return isIp(packet) ? packet : undefined;
}

function isWholeIp(packet: Buffer): boolean {
  if (packet.length < 20) return false;
  if (packet[0] >> 4 === 6) return packet.length >= 40 && packet.length === 40 + packet.readUInt16BE(4);
  // Ethernet pads short packets.
  const length = packet.readUInt16BE(2);
  return packet[0] >> 4 === 4 && (packet[0] & 15) >= 5 && length >= 20 && length <= packet.length && packet.length - length < 46;
}

/** 802.1Q, QinQ (802.1ad), and its predecessors: four bytes each, with the next EtherType in the last two. */
const VLAN: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
const IP: ReadonlySet<number> = new Set([0x0800, 0x86dd]);
/** A PPPoE session (RFC 2516): six bytes, then a PPP protocol number. */
const PPPOE = 0x8864;
/** PPP protocol numbers as EtherTypes: IPv4, IPv6, and MPLS. */
const PPP: ReadonlyMap<number, number> = new Map([
  [0x0021, 0x0800],
  [0x0057, 0x86dd],
  [0x0281, 0x8847],
]);
/** PPP control protocols have this number or a higher one. */
const FIRST_PPP_CONTROL = 0x8000;
/** MPLS (RFC 3032): four-byte labels; the last one has its bottom-of-stack bit set. */
const MPLS: ReadonlySet<number> = new Set([0x8847, 0x8848]);
/** Up to this value, the field is the length of an 802.3 frame and no EtherType. */
const MAX_LENGTH = 1500;
const SNAP = 'aaaa03000000';

/** Never carry TCP: ARP, RARP, Wake-on-LAN, flow control, slow protocols, PPPoE discovery, EAPOL, LLDP, PTP, loopback. */
const NEVER_TCP: ReadonlySet<number> = new Set([0x0806, 0x8035, 0x0842, 0x8808, 0x8809, 0x8863, 0x888e, 0x88cc, 0x88f7, 0x9000]);

const NAMES: ReadonlyMap<number, string> = new Map([
  [PPPOE, 'PPPoE'],
  [0x8847, 'MPLS'],
  [0x8848, 'MPLS'],
  [0x88e5, 'MACsec'],
  [0x88e7, 'provider backbone bridges'],
  [0x6558, 'Ethernet in a tunnel'],
]);

/** What `FindIp` returns, for the EtherType whose content begins at `at`. */
function ipAfter(packet: Buffer, type: number, at: number): number | string | undefined {
  if (IP.has(type)) return at;
  if (VLAN.has(type)) return at + 4 > packet.length ? packet.length : ipAfter(packet, packet.readUInt16BE(at + 2), at + 4);
  if (MPLS.has(type)) return ipAfterLabels(packet, at) ?? NAMES.get(type);
  if (type === PPPOE) return ipAfterPpp(packet, at);
  if (type <= MAX_LENGTH) {
    const isSnap = packet.toString('hex', at, at + 6) === SNAP && at + 8 <= packet.length;
    return isSnap ? ipAfter(packet, packet.readUInt16BE(at + 6), at + 8) : undefined;
  }
  return NEVER_TCP.has(type) ? undefined : (NAMES.get(type) ?? `EtherType 0x${type.toString(16).padStart(4, '0')}`);
}

function ipAfterLabels(packet: Buffer, at: number): number | undefined {
  for (let label = at; label + 4 < packet.length; label += 4) {
    if ((packet[label + 2] & 1) === 0) continue;
    // Labels do not name the next protocol: the IP version does.
    const version = packet[label + 4] >> 4;
    return version === 4 || version === 6 ? label + 4 : undefined;
  }
  return undefined;
}

function ipAfterPpp(packet: Buffer, at: number): number | string | undefined {
  if (at + 8 > packet.length) return NAMES.get(PPPOE);
  const protocol = packet.readUInt16BE(at + 6);
  const type = PPP.get(protocol);
  if (type !== undefined) return ipAfter(packet, type, at + 8);
  return protocol >= FIRST_PPP_CONTROL ? undefined : NAMES.get(PPPOE);
}
