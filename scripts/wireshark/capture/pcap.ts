// Writes pcap files with raw IP packets: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
const MAGIC = 0xa1b2c3d4;
const LINKTYPE_RAW = 101;
const SNAPLEN = 262_144;

/** A capture in memory. */
export class Pcap {
  private readonly parts: Uint8Array[] = [fileHeader()];
  /** Packets so far, which is the number of the last one. */
  packets = 0;

  /** @param captured number of captured bytes; the rest of the packet is cut off. */
  add(packet: Uint8Array, captured = packet.length): void {
    this.packets++;
    const header = Buffer.alloc(16);
    // One packet per millisecond, from 2026 on.
    header.writeUInt32LE(1_767_225_600 + Math.floor(this.packets / 1000), 0);
    header.writeUInt32LE((this.packets % 1000) * 1000, 4);
    header.writeUInt32LE(captured, 8);
    header.writeUInt32LE(packet.length, 12);
    this.parts.push(header, packet.subarray(0, captured));
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.parts);
  }
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAPLEN, 16);
  header.writeUInt32LE(LINKTYPE_RAW, 20);
  return header;
}
