// A pcap file, as `tcpdump -w` writes it (draft-ietf-opsawg-pcap):
//
//   d4 c3 b2 a1  02 00 04 00  00 00 00 00  00 00 00 00  00 00 04 00  01 00 00 00
//   magic        version 2.4  (not used)   (not used)   snaplen      link type: Ethernet
//
//   seconds      fraction     captured     on the wire, then the captured bytes; and the next packet
//
// The magic number gives the byte order, and whether the fraction is in micro- or nanoseconds, which does not matter here.
import { Failure, INVALID } from '../exit.js';
import { ByteQueue } from './byte-queue.js';
import { MAX_PACKET_BYTES, type Packet, type PacketReader } from './packet.js';

/** In the byte order of the file: micro- and nanoseconds. */
const MAGICS = [0xa1b2c3d4, 0xa1b23c4d];
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
/** The bits above give the length of a frame check sequence. */
const LINK_MASK = 0x03ffffff;

export class PcapReader implements PacketReader {
  readonly #queue = new ByteQueue();
  #isLittle = true;
  #link: number | undefined;

  *push(bytes: Uint8Array): Generator<Packet> {
    this.#queue.push(bytes);
    this.#link ??= this.#readFileHeader();
    if (this.#link === undefined) return;
    for (;;) {
      const header = this.#queue.peek(PACKET_HEADER_BYTES);
      if (header === undefined) return;
      const captured = this.#number(header, 8);
      if (captured > MAX_PACKET_BYTES) throw this.#broken(`a packet of ${captured} bytes, limit ${MAX_PACKET_BYTES}`);
      const packet = this.#queue.take(PACKET_HEADER_BYTES + captured);
      if (packet === undefined) return;
      yield { link: this.#link, bytes: packet.subarray(PACKET_HEADER_BYTES) };
    }
  }

  end(): string | undefined {
    if (this.#link === undefined) return 'the pcap file ends inside its header';
    return this.#queue.length === 0 ? undefined : `the pcap file ends inside the packet at byte ${this.#queue.position}`;
  }

  #readFileHeader(): number | undefined {
    const header = this.#queue.peek(FILE_HEADER_BYTES);
    if (header === undefined) return undefined;
    this.#isLittle = MAGICS.includes(header.readUInt32LE(0));
    if (!MAGICS.includes(this.#number(header, 0))) throw this.#broken(`unknown magic number ${header.toString('hex', 0, 4)}`);
    const version = this.#isLittle ? [header[4], header[6]] : [header[5], header[7]];
    if (version.join('.') !== '2.4') throw this.#broken(`expected version 2.4, got ${version.join('.')}`);
    this.#queue.drop(FILE_HEADER_BYTES);
    return this.#number(header, 20) & LINK_MASK;
  }

  #number(bytes: Buffer, at: number): number {
    return this.#isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  #broken(why: string): Failure {
    return new Failure(INVALID, `invalid pcap file at byte ${this.#queue.position}: ${why}`);
  }
}
