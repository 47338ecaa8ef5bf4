// A pcapng file, as Wireshark writes it (draft-ietf-opsawg-pcapng): blocks, each with its type, its length, and its length again at its end.
//
//   0a 0d 0d 0a  1c 00 00 00  4d 3c 2b 1a  01 00 00 00  ff ff ff ff ff ff ff ff  1c 00 00 00
//   section      28 bytes     byte order   version 1.0  (length of the section)  28 bytes
//
// A section has interfaces, which are numbered in their order and have a link type each, and packets, which name their interface. The next
// section begins anew, maybe in the other byte order. All other blocks are passed over, and not kept.
import { Failure, INVALID } from '../exit.js';
import { ByteQueue } from './byte-queue.js';
import { MAX_PACKET_BYTES, type Packet, type PacketReader } from './packet.js';

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
/** What there was before the enhanced one. */
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

/** The smallest whole block of each type that is read. */
const LEAST_BYTES: ReadonlyMap<number, number> = new Map([
  [SECTION, 28],
  [INTERFACE, 20],
  [OLD_PACKET, 32],
  [SIMPLE_PACKET, 16],
  [ENHANCED_PACKET, 32],
]);

const BYTE_ORDER = 0x1a2b3c4d;
/** A packet, and what is said of it. */
const MAX_BLOCK_BYTES = 2 * MAX_PACKET_BYTES;
const MAX_INTERFACES = 65_536;
/** Type, length, and the byte order of a section: it takes as much to say how long a block is. No block has less. */
const HEAD_BYTES = 12;

interface Interface {
  readonly link: number;
  /** So many bytes of a packet are captured; 0 = all. */
  readonly snapBytes: number;
}

export class PcapngReader implements PacketReader {
  readonly #queue = new ByteQueue();
  #isLittle = true;
  #interfaces: Interface[] = [];
  /** What is still to come of a block that is passed over. */
  #passing = 0;

  *push(bytes: Uint8Array): Generator<Packet> {
    this.#queue.push(bytes);
    for (;;) {
      this.#passing -= this.#queue.drop(this.#passing);
      const head = this.#passing > 0 ? undefined : this.#queue.peek(HEAD_BYTES);
      if (head === undefined) return;
      const size = this.#sizeOf(head);
      if (!LEAST_BYTES.has(this.#number(head, 0))) {
        this.#passing = size;
        continue;
      }
      const block = this.#queue.peek(size);
      if (block === undefined) return;
      const packet = this.#read(block);
      this.#queue.drop(size);
      if (packet !== undefined) yield packet;
    }
  }

  end(): string | undefined {
    if (this.#queue.length === 0 && this.#passing === 0) return undefined;
    return `the pcapng file ends inside of a block, at byte ${this.#queue.position + this.#queue.length}`;
  }

  /** Bytes of the block that begins so. */
  #sizeOf(head: Buffer): number {
    // Reads the same in both byte orders.
    if (head.readUInt32BE(0) === SECTION) {
      this.#isLittle = head.readUInt32LE(8) === BYTE_ORDER;
      if (this.#number(head, 8) !== BYTE_ORDER) throw this.#broken(`a section with the byte order ${head.toString('hex', 8)}`);
    } else if (this.#queue.position === 0) throw this.#broken(`${head.toString('hex', 0, 4)} is not how one begins`);
    const size = this.#number(head, 4);
    const least = LEAST_BYTES.get(this.#number(head, 0));
    if (size < (least ?? HEAD_BYTES) || size % 4 !== 0) throw this.#broken(`a block of ${size} bytes`);
    if (least !== undefined && size > MAX_BLOCK_BYTES) throw this.#broken(`a block of ${size} bytes, limit ${MAX_BLOCK_BYTES}`);
    return size;
  }

  #read(block: Buffer): Packet | undefined {
    const again = this.#number(block, block.length - 4);
    if (again !== block.length) throw this.#broken(`a block of ${block.length} bytes whose end says ${again}`);
    switch (this.#number(block, 0)) {
      case SECTION:
        this.#beginSection(block);
        return undefined;
      case INTERFACE:
        this.#addInterface(block);
        return undefined;
      case SIMPLE_PACKET: {
        const { link, snapBytes } = this.#interface(0);
        const all = Math.min(this.#number(block, 8), block.length - 16);
        return { link, bytes: block.subarray(12, 12 + (snapBytes === 0 ? all : Math.min(all, snapBytes))) };
      }
      case OLD_PACKET:
        return this.#packet(block, this.#short(block, 8));
      default:
        return this.#packet(block, this.#number(block, 8));
    }
  }

  /** Both kinds have their times in between. */
  #packet(block: Buffer, interfaceNumber: number): Packet {
    const captured = this.#number(block, 20);
    if (captured > block.length - 32) throw this.#broken(`a packet of ${captured} bytes in a block of ${block.length}`);
    return { link: this.#interface(interfaceNumber).link, bytes: block.subarray(28, 28 + captured) };
  }

  #beginSection(block: Buffer): void {
    const major = this.#short(block, 12);
    if (major !== 1) throw this.#broken(`version ${major}, read is 1`);
    this.#interfaces = [];
  }

  #addInterface(block: Buffer): void {
    if (this.#interfaces.length === MAX_INTERFACES) throw this.#broken(`more than ${MAX_INTERFACES} interfaces`);
    this.#interfaces.push({ link: this.#short(block, 8), snapBytes: this.#number(block, 12) });
  }

  #interface(number: number): Interface {
    const found = this.#interfaces[number];
    if (found === undefined) throw this.#broken(`a packet of interface ${number}, of ${this.#interfaces.length}`);
    return found;
  }

  #number(bytes: Buffer, at: number): number {
    return this.#isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  #short(bytes: Buffer, at: number): number {
    return this.#isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  #broken(why: string): Failure {
    return new Failure(INVALID, `the pcapng file cannot be read at byte ${this.#queue.position}: ${why}`);
  }
}
