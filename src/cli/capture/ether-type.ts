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
export function ipBehind(packet: Buffer, type: number, at: number): number | string | undefined {
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
