// Packets of all links, and of IP in its odd shapes.
import { describe, expect, it } from 'vitest';
import { HEARTBEAT, MESSAGE } from '../cli.js';
import { readCapture } from './read-capture.js';
import { be, ethernet, ipv4, ipv6, le, pcap, TCP6, tcp } from './write-capture.js';

const FLOW = '10.0.0.1:5000 > 10.0.0.2:9000';
const FLOW6 = '[fe80::1]:5000 > [2001:db8::2]:9000';
const frames = Buffer.from(MESSAGE, 'hex');
const syn = { flags: 'SYN', number: 0 } as const;

/** A capture of a whole connection in one direction, its packets wrapped. */
const of4 = (wrap: (ip: Buffer) => Buffer, link: number): Buffer =>
  pcap([wrap(ipv4(tcp(Buffer.alloc(0), syn))), wrap(ipv4(tcp(frames)))], { link });
const of6 = (wrap: (ip: Buffer) => Buffer, link: number): Buffer =>
  pcap([wrap(ipv6(tcp(Buffer.alloc(0), { ...syn, ...TCP6 }))), wrap(ipv6(tcp(frames, TCP6)))], { link });
const in4 = (packet: Buffer): Buffer => pcap([ipv4(tcp(Buffer.alloc(0), syn)), packet], { link: 101 });
const in6 = (packet: Buffer): Buffer => pcap([ipv6(tcp(Buffer.alloc(0), { ...syn, ...TCP6 })), packet], { link: 101 });

const behind =
  (...start: Buffer[]) =>
  (ip: Buffer): Buffer =>
    Buffer.concat([...start, ip]);

describe('the link', () => {
  it.each([
    ['Ethernet', of4((ip) => ethernet(ip), 1), FLOW],
    ['Ethernet with IPv6', of6((ip) => ethernet(ip, 0x86dd), 1), FLOW6],
    ['a VLAN', of4((ip) => ethernet(ip, 0x0800, [0x8100]), 1), FLOW],
    ['a VLAN in a VLAN', of6((ip) => ethernet(ip, 0x86dd, [0x88a8, 0x8100]), 1), FLOW6],
    ['Ethernet that fills up', of4((ip) => ethernet(Buffer.concat([ip, Buffer.alloc(6, 0xee)])), 1), FLOW],
    ['Ethernet with bits above the link', of4((ip) => ethernet(ip), 0x14000001), FLOW],
    ['Linux cooked', of4(behind(Buffer.alloc(14), be(2, 0x0800)), 113), FLOW],
    ['Linux cooked with a VLAN', of4(behind(Buffer.alloc(14), be(2, 0x8100), be(2, 9), be(2, 0x0800)), 113), FLOW],
    ['Linux cooked, version 2', of6(behind(be(2, 0x86dd), Buffer.alloc(18)), 276), FLOW6],
    ['loopback', of4(behind(le(4, 2)), 0), FLOW],
    ['loopback of the other byte order, with IPv6', of6(behind(be(4, 30)), 0), FLOW6],
    ['loopback of OpenBSD', of6(behind(be(4, 24)), 108), FLOW6],
    ...[12, 14, 101, 228].map((link): [string, Buffer, string] => [`raw IP, ${link}`, of4((ip) => ip, link), FLOW]),
    ...[12, 14, 101, 229].map((link): [string, Buffer, string] => [`raw IPv6, ${link}`, of6((ip) => ip, link), FLOW6]),
  ])('%s', async (_name, capture, flow) => {
    const { flows, diagnostics } = await readCapture(capture, 'pcap');
    expect(diagnostics).toEqual([]);
    expect([...flows]).toEqual([[flow, [MESSAGE, '']]]);
  });

  it('that is not read is reported by its number', async () => {
    const { flows, diagnostics } = await readCapture(
      of4((ip) => ip, 105),
      'pcap',
    );
    expect(flows.size).toBe(0);
    expect(diagnostics).toEqual([
      'warn: skipped: 2 packets of link type 105, supported are Ethernet, Linux cooked, raw IP, and loopback',
      'invalid: the capture has no connection that carries frames',
    ]);
  });

  it('may carry other things between', async () => {
    const other = [
      ethernet(Buffer.alloc(28), 0x0806),
      ethernet(ipv4(Buffer.alloc(20), { protocol: 17 })),
      ethernet(Buffer.alloc(0)),
      Buffer.alloc(0),
      Buffer.alloc(13),
      ethernet(Buffer.from([0x45, 0])),
      ethernet(Buffer.from([0x60, 0]), 0x86dd),
      ethernet(Buffer.from([0x95, 0])),
    ];
    const capture = pcap([...other, ethernet(ipv4(tcp(Buffer.alloc(0), syn))), ...other, ethernet(ipv4(tcp(frames))), ...other]);
    const { flows, diagnostics } = await readCapture(capture, 'pcap');
    // All but ARP and UDP might have carried TCP.
    expect(diagnostics).toEqual(['warn: skipped: 18 packets whose headers are incomplete or malformed']);
    expect([...flows]).toEqual([[FLOW, [MESSAGE, '']]]);
  });
});

describe('IPv4', () => {
  it.each([
    ['with options', ipv4(tcp(frames), { options: Buffer.alloc(12, 1) })],
    ['with the longest options', ipv4(tcp(frames), { options: Buffer.alloc(40, 1) })],
    ['before the network card cut it: its length is 0', ipv4(tcp(frames), { length: 0 })],
    ['and TCP with options', ipv4(tcp(frames, { options: Buffer.alloc(12, 1) }))],
    ['and TCP with the longest options', ipv4(tcp(frames, { options: Buffer.alloc(40, 1) }))],
  ])('%s', async (_name, packet) => {
    expect([...(await readCapture(in4(packet), 'pcap')).flows]).toEqual([[FLOW, [MESSAGE, '']]]);
  });

  it.each([
    ['more follow', 0x2000],
    ['the last one', 0x0003],
  ])('in fragments is reported: %s', async (_name, fragment) => {
    const capture = pcap([ipv4(tcp(frames), { fragment }), ipv4(tcp(Buffer.alloc(0), syn)), ipv4(tcp(frames))], { link: 101 });
    const { flows, diagnostics } = await readCapture(capture, 'pcap');
    expect(diagnostics).toEqual(['warn: skipped: 1 fragment of IP packets']);
    expect([...flows]).toEqual([[FLOW, [MESSAGE, '']]]);
  });

  it('captured in part is reported, and what is missing is not made up', async () => {
    const cut = ipv4(tcp(frames)).subarray(0, -8);
    const next = ipv4(tcp(Buffer.from(HEARTBEAT, 'hex'), { number: 1 + frames.length }));
    const { flows, diagnostics } = await readCapture(pcap([ipv4(tcp(Buffer.alloc(0), syn)), cut, next], { link: 101 }), 'pcap');
    expect([...flows]).toEqual([[FLOW, [MESSAGE.slice(0, -16), HEARTBEAT, '']]]);
    expect(diagnostics).toEqual([
      `truncated: ${FLOW}: 8 bytes missing in the capture`,
      'warn: 1 packet not captured in full: use tcpdump -s 0',
    ]);
  });

  it.each([
    ['whose header is too short', Buffer.concat([be(1, 0x44), ipv4(tcp(frames)).subarray(1)])],
    ['whose TCP header is too short', ipv4(Buffer.concat([tcp(frames).subarray(0, 12), be(1, 0x40), tcp(frames).subarray(13)]))],
    [
      'whose TCP header is longer than it',
      ipv4(Buffer.concat([tcp(Buffer.alloc(0)).subarray(0, 12), be(1, 0xf0), Buffer.alloc(7)])),
    ],
    ['that ends inside the header of TCP', ipv4(tcp(frames)).subarray(0, 39)],
    ['that ends inside the header of IP', ipv4(tcp(frames)).subarray(0, 19)],
    ['of which nothing was captured', Buffer.alloc(0)],
  ])('a packet %s is counted', async (_name, packet) => {
    expect((await readCapture(in4(packet), 'pcap')).diagnostics).toEqual([
      'warn: skipped: 1 packet whose headers are incomplete or malformed',
      'invalid: the capture has no connection that carries frames',
    ]);
  });
});

describe('IPv6', () => {
  const header = (next: number, bytes: number, length = bytes / 8 - 1): Buffer =>
    Buffer.concat([be(1, next), be(1, length), Buffer.alloc(bytes - 2)]);
  const segment = tcp(frames, TCP6);

  it.each([
    ['with hop-by-hop options', ipv6(Buffer.concat([header(6, 8), segment]), { next: 0 })],
    ['with three headers', ipv6(Buffer.concat([header(43, 16), header(60, 8), header(6, 24), segment]), { next: 0 })],
    ['with mobility', ipv6(Buffer.concat([header(6, 8), segment]), { next: 135 })],
    ['with authentication, which counts otherwise', ipv6(Buffer.concat([header(6, 24, 4), segment]), { next: 51 })],
    ['in one fragment', ipv6(Buffer.concat([header(6, 8, 0), segment]), { next: 44 })],
    ['without a length, as a jumbogram', ipv6(segment, { length: 0 })],
  ])('%s', async (_name, packet) => {
    const { flows, diagnostics } = await readCapture(in6(packet), 'pcap');
    expect(diagnostics).toEqual([]);
    expect([...flows]).toEqual([[FLOW6, [MESSAGE, '']]]);
  });

  it('in fragments is reported', async () => {
    const fragment = ipv6(Buffer.concat([be(1, 6), be(1, 0), be(2, 0x0009), be(4, 1), segment]), { next: 44 });
    const { diagnostics } = await readCapture(in6(Buffer.concat([fragment])), 'pcap');
    expect(diagnostics[0]).toBe('warn: skipped: 1 fragment of IP packets');
  });

  it.each([
    ['whose headers lead over its end', ipv6(Buffer.concat([be(1, 6), be(1, 255), segment]), { next: 0 })],
    ['whose headers never end', ipv6(Buffer.concat([header(0, 8), header(0, 8), header(0, 8)]), { next: 0 })],
    ['that ends inside its header', ipv6(segment).subarray(0, 39)],
  ])('a packet %s is counted', async (_name, packet) => {
    expect((await readCapture(in6(packet), 'pcap')).diagnostics).toEqual([
      'warn: skipped: 1 packet whose headers are incomplete or malformed',
      'invalid: the capture has no connection that carries frames',
    ]);
  });

  it('with another protocol is skipped', async () => {
    const { diagnostics } = await readCapture(in6(ipv6(segment, { next: 17 })), 'pcap');
    expect(diagnostics).toEqual(['invalid: the capture has no connection that carries frames']);
  });
});
