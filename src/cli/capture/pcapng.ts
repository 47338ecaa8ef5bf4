// A pcapng file, as Wireshark writes it (draft-ietf-opsawg-pcapng): blocks, each with its type, its length, and its length again at its end.
//
//   0a 0d 0d 0a  1c 00 00 00  4d 3c 2b 1a  01 00 00 00  ff ff ff ff ff ff ff ff  1c 00 00 00
//   section      28 bytes     byte order   version 1.0  (length of the section)  28 bytes
//
// A section has interfaces, numbered in order, each with a link type; and packets, which refer to an interface by number. The next section
// starts with no interfaces, maybe in the other byte order. All other blocks are skipped without buffering them.
import { Failure, INVALID } from '../exit.js';
import { ByteQueue } from './byte-queue.js';
import { MAX_PACKET_BYTES, type Packet, type PacketReader } from './packet.js';

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
/** Obsolete predecessor of the enhanced packet block. */
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

/** Minimum block length of each supported type. */
const MIN_BLOCK_BYTES: ReadonlyMap<number, number> = new Map([
  [SECTION, 28],
  [INTERFACE, 20],
  [OLD_PACKET, 32],
  [SIMPLE_PACKET, 16],
  [ENHANCED_PACKET, 32],
]);

const BYTE_ORDER = 0x1a2b3c4d;
/** A packet and its options. */
const MAX_BLOCK_BYTES = 2 * MAX_PACKET_BYTES;
const MAX_INTERFACES = 65_536;
/** Type, length, and the byte order of a section: enough to know the length of a block. Also the minimum block length. */
const HEAD_BYTES = 12;

interface Interface {
  readonly link: number;
  /** Maximum captured bytes per packet; 0 = no limit. */
  readonly snapBytes: number;
}

export class PcapngReader implements PacketReader {
  readonly #queue = new ByteQueue();
  #isLittle = true;
  #interfaces: Interface[] = [];
  /** Remaining bytes of a block that is skipped. */
  #skipping = 0;

  *push(bytes: Uint8Array): Generator<Packet> {
    this.#queue.push(bytes);
    for (;;) {
      this.#skipping -= this.#queue.drop(this.#skipping);
      const head = this.#skipping > 0 ? undefined : this.#queue.peek(HEAD_BYTES);
      if (head === undefined) return;
      const size = this.#sizeOf(head);
      if (!MIN_BLOCK_BYTES.has(this.#number(head, 0))) {
        this.#skipping = size;
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
    if (this.#queue.length === 0 && this.#skipping === 0) return undefined;
    return `the pcapng file ends inside a block, at byte ${this.#queue.position + this.#queue.length}`;
  }

  /** Length of the block with this head. */
  #sizeOf(head: Buffer): number {
    // Reads the same in both byte orders.
    if (head.readUInt32BE(0) === SECTION) {
      this.#isLittle = head.readUInt32LE(8) === BYTE_ORDER;
      if (this.#number(head, 8) !== BYTE_ORDER) throw this.#broken(`unknown byte-order magic ${head.toString('hex', 8)}`);
    } else if (this.#queue.position === 0) throw this.#broken(`expected a section header, got ${head.toString('hex', 0, 4)}`);
    const size = this.#number(head, 4);
    const least = MIN_BLOCK_BYTES.get(this.#number(head, 0));
    if (size < (least ?? HEAD_BYTES) || size % 4 !== 0) throw this.#broken(`invalid block length ${size}`);
    if (least !== undefined && size > MAX_BLOCK_BYTES) throw this.#broken(`a block of ${size} bytes, limit ${MAX_BLOCK_BYTES}`);
    return size;
  }

  #read(block: Buffer): Packet | undefined {
    const again = this.#number(block, block.length - 4);
    if (again !== block.length) throw this.#broken(`the lengths of a block differ: ${block.length} and ${again}`);
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

  /** The timestamps of both packet blocks are skipped. */
  #packet(block: Buffer, interfaceNumber: number): Packet {
    const captured = this.#number(block, 20);
    if (captured > block.length - 32) throw this.#broken(`a packet of ${captured} bytes in a block of ${block.length}`);
    return { link: this.#interface(interfaceNumber).link, bytes: block.subarray(28, 28 + captured) };
  }

  #beginSection(block: Buffer): void {
    const major = this.#short(block, 12);
    if (major !== 1) throw this.#broken(`expected version 1, got ${major}`);
    this.#interfaces = [];
  }

  #addInterface(block: Buffer): void {
    if (this.#interfaces.length === MAX_INTERFACES) throw this.#broken(`more than ${MAX_INTERFACES} interfaces`);
    this.#interfaces.push({ link: this.#short(block, 8), snapBytes: this.#number(block, 12) });
  }

  #interface(number: number): Interface {
    const found = this.#interfaces[number];
    if (found === undefined)
      throw this.#broken(`a packet of interface ${number}, but the section has ${this.#interfaces.length}`);
    return found;
  }

  #number(bytes: Buffer, at: number): number {
    return this.#isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  #short(bytes: Buffer, at: number): number {
    return this.#isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  #broken(why: string): Failure {
    return new Failure(INVALID, `invalid pcapng file at byte ${this.#queue.position}: ${why}`);
  }
}
