// Writes captures of any shape, by hand from the drafts of pcap and pcapng and from the RFCs: what no real capture at hand has.

/** Numbers as bytes: `be(4, 1)` is 00 00 00 01. */
export function be(size: number, value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
  return bytes.subarray(8 - size);
}

export function le(size: number, value: number | bigint): Buffer {
  return Buffer.from(be(size, value)).reverse();
}

export interface TcpOptions {
  readonly number?: number;
  readonly ack?: number;
  readonly flags?: 'SYN' | 'FIN' | 'RST' | 'ACK';
  readonly from?: string;
  readonly to?: string;
  /** Of the header of TCP: a multiple of four bytes. */
  readonly options?: Buffer;
}

const FLAGS = { FIN: 0x11, SYN: 0x02, RST: 0x04, ACK: 0x18 };

const portOf = (side: string): number => Number(side.split(':').at(-1));
const addressOf = (side: string): Buffer =>
  side.startsWith('[')
    ? Buffer.from(
        side
          .slice(1, side.indexOf(']'))
          .split(':')
          .flatMap((group) => [...be(2, Number.parseInt(group, 16))]),
      )
    : Buffer.from(side.split(':')[0].split('.').map(Number));

const CLIENT = '10.0.0.1:5000';
const SERVER = '10.0.0.2:9000';

export function tcp(
  payload: Uint8Array,
  { number = 1, ack = 0, flags = 'ACK', from = CLIENT, to = SERVER, options = Buffer.alloc(0) }: TcpOptions = {},
): Buffer {
  const offset = (20 + options.length) << 2;
  const header = [
    be(2, portOf(from)),
    be(2, portOf(to)),
    be(4, number),
    be(4, ack),
    be(1, offset),
    be(1, FLAGS[flags]),
    Buffer.alloc(6),
  ];
  return Buffer.concat([...header, options, payload]);
}

export interface Ipv4Options {
  readonly from?: string;
  readonly to?: string;
  readonly options?: Buffer;
  /** The field of flags and position of a fragment. */
  readonly fragment?: number;
  readonly length?: number;
  readonly protocol?: number;
}

export function ipv4(
  payload: Buffer,
  { from = CLIENT, to = SERVER, options = Buffer.alloc(0), fragment = 0x4000, length, protocol = 6 }: Ipv4Options = {},
): Buffer {
  const size = 20 + options.length;
  const start = [be(1, 0x40 | (size / 4)), be(1, 0), be(2, length ?? size + payload.length), be(2, 0), be(2, fragment)];
  return Buffer.concat([...start, be(1, 64), be(1, protocol), be(2, 0), addressOf(from), addressOf(to), options, payload]);
}

const CLIENT6 = '[fe80:0:0:0:0:0:0:1]:5000';
const SERVER6 = '[2001:db8:0:0:0:0:0:2]:9000';

/** @param next the number of what follows. */
export function ipv6(payload: Buffer, { from = CLIENT6, to = SERVER6, next = 6, length = payload.length } = {}): Buffer {
  return Buffer.concat([be(4, 0x60000000), be(2, length), be(1, next), be(1, 64), addressOf(from), addressOf(to), payload]);
}

export const TCP6 = { from: CLIENT6, to: SERVER6 };

export const ethernet = (ip: Buffer, type = 0x0800, tags: readonly number[] = []): Buffer =>
  Buffer.concat([
    Buffer.from('4a0000000001020600000002', 'hex'),
    ...tags.flatMap((tag) => [be(2, tag), be(2, 7)]),
    be(2, type),
    ip,
  ]);

export interface PcapOptions {
  readonly number?: (size: number, value: number) => Buffer;
  readonly magic?: number;
  readonly link?: number;
  readonly version?: readonly [number, number];
}

export function pcap(
  packets: readonly Buffer[],
  { number = le, magic = 0xa1b2c3d4, link = 1, version = [2, 4] }: PcapOptions = {},
): Buffer {
  const header = [
    number(4, magic),
    number(2, version[0]),
    number(2, version[1]),
    Buffer.alloc(8),
    number(4, 262_144),
    number(4, link),
  ];
  const records = packets.flatMap((packet) => [
    number(4, 1),
    number(4, 2),
    number(4, packet.length),
    number(4, packet.length),
    packet,
  ]);
  return Buffer.concat([...header, ...records]);
}

type Write = (size: number, value: number) => Buffer;

export function block(type: number, body: Buffer, write: Write = le): Buffer {
  const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
  const length = write(4, padded.length + 12);
  return Buffer.concat([write(4, type), length, padded, length]);
}

export const section = (write: Write = le, options = Buffer.alloc(0)): Buffer =>
  block(0x0a0d0d0a, Buffer.concat([write(4, 0x1a2b3c4d), write(2, 1), write(2, 0), Buffer.alloc(8, 0xff), options]), write);

export const interfaceBlock = (link = 1, snapLength = 0, write: Write = le): Buffer =>
  block(1, Buffer.concat([write(2, link), write(2, 0), write(4, snapLength)]), write);

export const enhanced = (packet: Buffer, interfaceNumber = 0, write: Write = le): Buffer =>
  block(
    6,
    Buffer.concat([write(4, interfaceNumber), Buffer.alloc(8), write(4, packet.length), write(4, packet.length), packet]),
    write,
  );

export const simple = (packet: Buffer, originalBytes = packet.length, write: Write = le): Buffer =>
  block(3, Buffer.concat([write(4, originalBytes), packet]), write);

export const old = (packet: Buffer, interfaceNumber = 0, write: Write = le): Buffer =>
  block(
    2,
    Buffer.concat([
      write(2, interfaceNumber),
      write(2, 0),
      Buffer.alloc(8),
      write(4, packet.length),
      write(4, packet.length),
      packet,
    ]),
    write,
  );
