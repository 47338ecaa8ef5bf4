// The two formats of capture files, in all their forms.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PacketReader } from '../../../src/cli/capture/packet.js';
import { PcapReader } from '../../../src/cli/capture/pcap.js';
import { PcapngReader } from '../../../src/cli/capture/pcapng.js';
import { Failure } from '../../../src/cli/exit.js';
import { SEED } from '../../seed.js';
import { be, block, enhanced, interfaceBlock, le, old, pcap, section, simple } from './write-capture.js';

interface Found {
  readonly packets: readonly { link: number | undefined; hex: string }[];
  readonly end: string | undefined;
  readonly error: string | undefined;
}

/** @param cuts where the input is cut into chunks. */
function read(reader: PacketReader, bytes: Buffer, cuts: readonly number[] = []): Found {
  const packets: { link: number | undefined; hex: string }[] = [];
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let at = 0;
  try {
    for (const end of ends) {
      for (const { link, bytes: packet } of reader.push(bytes.subarray(at, end)))
        packets.push({ link, hex: packet.toString('hex') });
      at = end;
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { packets, end: undefined, error: error.message };
  }
  return { packets, end: reader.end(), error: undefined };
}

const packets = fc.array(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 20 },
);
const cuts = fc.array(fc.nat(), { maxLength: 30 });
const A = Buffer.from('0102030405', 'hex');
const found = (hex: string, link = 1) => ({ packets: [{ link, hex }], end: undefined, error: undefined });

describe('a pcap file', () => {
  it(`comes out as it was written, in both byte orders, with micro- or nanoseconds, cut anywhere (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        packets,
        cuts,
        fc.constantFrom(le, be),
        fc.constantFrom(0xa1b2c3d4, 0xa1b23c4d),
        fc.nat(300),
        (list, at, number, magic, link) => {
          const { packets, end, error } = read(new PcapReader(), pcap(list, { number, magic, link }), at);
          expect([packets, end, error]).toEqual([
            list.map((packet) => ({ link, hex: packet.toString('hex') })),
            undefined,
            undefined,
          ]);
        },
      ),
      { seed: SEED },
    );
  });

  it('has packets of at most a mebibyte, and nothing waits for more', () => {
    const announced = (size: number): Buffer => Buffer.concat([pcap([]), Buffer.alloc(8), le(4, size), le(4, size)]);
    for (const size of [(1 << 20) - 1, 1 << 20]) {
      expect(read(new PcapReader(), announced(size)).end).toBe('the pcap file ends inside the packet at byte 24');
      expect(read(new PcapReader(), Buffer.concat([announced(size), Buffer.alloc(size)])).packets).toHaveLength(1);
    }
    expect(read(new PcapReader(), announced((1 << 20) + 1)).error).toBe(
      'invalid pcap file at byte 24: a packet of 1048577 bytes, limit 1048576',
    );
  });

  it.each([
    [pcap([], { version: [2, 3] }), 'invalid pcap file at byte 0: expected version 2.4, got 2.3'],
    [pcap([], { magic: 0xa1b2cd34 }), 'invalid pcap file at byte 0: unknown magic number 34cdb2a1'],
  ])('is refused: %#', (bytes, text) => {
    expect(read(new PcapReader(), bytes).error).toBe(text);
  });
});

describe('a pcapng file', () => {
  it(`comes out as it was written, in both byte orders, with any kind of packet, cut anywhere (seed ${SEED})`, () => {
    const kinds = fc.constantFrom(
      (packet: Buffer, write: typeof le) => enhanced(packet, 1, write),
      (packet: Buffer, write: typeof le) => old(packet, 1, write),
      (packet: Buffer, write: typeof le) => simple(packet, packet.length, write),
    );
    const others = fc
      .constantFrom(4, 5, 10, 0xbad, 0x40000bad)
      .chain((type) =>
        fc
          .uint8Array({ maxLength: 200 })
          .map((bytes) => (write: typeof le) => ({ bytes: block(type, Buffer.from(bytes), write), found: [] as object[] })),
      );
    const written = fc.tuple(kinds, fc.uint8Array({ maxLength: 300 })).map(([kind, bytes]) => (write: typeof le) => {
      const packet = Buffer.from(bytes);
      const made = kind(packet, write);
      return { bytes: made, found: [{ link: made.subarray(0, 4).equals(write(4, 3)) ? 113 : 101, hex: packet.toString('hex') }] };
    });
    const sections = fc.array(fc.tuple(fc.constantFrom(le, be), fc.array(fc.oneof(written, others), { maxLength: 10 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(sections, cuts, (list, at) => {
        const parts = list.map(([write, blocks]) => blocks.map((one) => one(write)));
        const bytes = list.map(([write], i) =>
          Buffer.concat([
            section(write),
            interfaceBlock(113, 0, write),
            interfaceBlock(101, 65_535, write),
            ...parts[i].map((part) => part.bytes),
          ]),
        );
        const { packets, end, error } = read(new PcapngReader(), Buffer.concat(bytes), at);
        expect([packets, end, error]).toEqual([parts.flat().flatMap((part) => part.found), undefined, undefined]);
      }),
      { seed: SEED },
    );
  });

  it('has simple packets that were cut as their interface says', () => {
    expect(read(new PcapngReader(), Buffer.concat([section(), interfaceBlock(1, 3), simple(A.subarray(0, 3), 5)]))).toEqual(
      found('010203'),
    );
    expect(read(new PcapngReader(), Buffer.concat([section(), interfaceBlock(1, 0), simple(A)]))).toEqual(found('0102030405'));
  });

  it('passes over any block that it does not know, however large, without keeping it', () => {
    const head = Buffer.concat([section(), interfaceBlock(), le(4, 0xbad), le(4, 0xfffffffc)]);
    const reader = new PcapngReader();
    expect([...reader.push(head)]).toEqual([]);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 300; i++) expect([...reader.push(Buffer.alloc(1 << 20))]).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(320 * (1 << 20));
    expect(reader.end()).toBe(`the pcapng file ends inside a block, at byte ${head.length + 300 * (1 << 20)}`);
  });

  const start = Buffer.concat([section(), interfaceBlock()]);
  const sized = (type: number, size: number): Buffer => Buffer.concat([le(4, type), le(4, size), Buffer.alloc(4)]);

  it('has blocks of packets of at most two mebibytes', () => {
    for (const size of [(1 << 21) - 4, 1 << 21])
      expect(read(new PcapngReader(), Buffer.concat([start, sized(6, size)])).end).toBeDefined();
    expect(read(new PcapngReader(), Buffer.concat([start, sized(6, (1 << 21) + 4)])).error).toBe(
      'invalid pcapng file at byte 48: a block of 2097156 bytes, limit 2097152',
    );
  });

  it.each([
    ['no section', interfaceBlock(), 'at byte 0: expected a section header, got 01000000'],
    ['no byte order', block(0x0a0d0d0a, Buffer.alloc(16)), 'at byte 0: unknown byte-order magic 00000000'],
    [
      'another version',
      Buffer.concat([le(4, 0x0a0d0d0a), le(4, 28), le(4, 0x1a2b3c4d), le(2, 2), Buffer.alloc(10), le(4, 28)]),
      'at byte 0: expected version 1, got 2',
    ],
    ['a block that is too short', Buffer.concat([start, sized(0xbad, 8)]), 'at byte 48: invalid block length 8'],
    ['a packet that is too short', Buffer.concat([start, sized(6, 28)]), 'at byte 48: invalid block length 28'],
    ['an odd length', Buffer.concat([start, sized(0xbad, 14)]), 'at byte 48: invalid block length 14'],
    [
      'two lengths',
      Buffer.concat([start, enhanced(A).subarray(0, -4), le(4, 44)]),
      'at byte 48: the lengths of a block differ: 40 and 44',
    ],
    [
      'an interface that is not there',
      Buffer.concat([start, enhanced(A, 1)]),
      'at byte 48: a packet of interface 1, but the section has 1',
    ],
    [
      'no interface in the second section',
      Buffer.concat([start, section(), simple(A)]),
      'at byte 76: a packet of interface 0, but the section has 0',
    ],
    [
      'a packet larger than its block',
      Buffer.concat([start, block(6, Buffer.concat([Buffer.alloc(12), le(4, 9), le(4, 9), A]))]),
      'at byte 48: a packet of 9 bytes in a block of 40',
    ],
  ])('is refused with %s', (_name, bytes, text) => {
    expect(read(new PcapngReader(), bytes).error).toBe(`invalid pcapng file ${text}`);
  });

  it('has at most 65536 interfaces', () => {
    const many = (count: number): Buffer =>
      Buffer.concat([section(), ...Array<Buffer>(count).fill(interfaceBlock()), enhanced(A, count - 1)]);
    expect(read(new PcapngReader(), many(65_536))).toEqual(found('0102030405'));
    expect(read(new PcapngReader(), many(65_537)).error).toContain('more than 65536 interfaces');
  });
});
