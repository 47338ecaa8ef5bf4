// What stands between a link and TCP: read, or counted.
import { describe, expect, it } from 'vitest';
import { HEARTBEAT } from '../cli.js';
import { decodeCapture } from './exit-code.js';
import { be, ethernet, ipv4, ipv6, pcap, TCP6, tcp } from './write-capture.js';

const hb = Buffer.from(HEARTBEAT, 'hex');
const v4 = ipv4(tcp(hb));
const v6 = ipv6(tcp(hb, TCP6));
const FLOW = '10.0.0.1:5000 > 10.0.0.2:9000 HEARTBEAT';
const FLOW6 = '[fe80::1]:5000 > [2001:db8::2]:9000 HEARTBEAT';

const wrap = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
/** A type, and a tag of a VLAN in front of the next one. */
const tag = (next: number): Buffer => wrap(be(2, 0x2007), be(2, next));
const label = (isLast: boolean): Buffer => wrap(be(2, 0x0001), be(1, isLast ? 1 : 0), be(1, 64));
const ppp = (protocol: number): Buffer => wrap(Buffer.from('110000010000', 'hex'), be(2, protocol));
const sll = (type: number): Buffer => wrap(Buffer.alloc(14), be(2, type));
const sll2 = (type: number): Buffer => wrap(be(2, type), Buffer.alloc(18));
const extension = (next: number): Buffer => wrap(be(1, next), be(1, 1), Buffer.alloc(14));

describe('what stands in front of TCP is read', () => {
  it.each<[string, number, Buffer, string]>([
    ['a VLAN behind Linux cooked, version 2', 276, wrap(sll2(0x8100), tag(0x0800), v4), FLOW],
    ['a VLAN in a VLAN behind Linux cooked, version 2', 276, wrap(sll2(0x88a8), tag(0x8100), tag(0x86dd), v6), FLOW6],
    ['a VLAN in a VLAN behind Linux cooked', 113, wrap(sll(0x88a8), tag(0x8100), tag(0x0800), v4), FLOW],
    ['PPPoE', 1, ethernet(wrap(ppp(0x0021), v4), 0x8864), FLOW],
    ['PPPoE with IPv6, in a VLAN', 1, ethernet(wrap(ppp(0x0057), v6), 0x8864, [0x8100]), FLOW6],
    ['PPPoE behind Linux cooked', 113, wrap(sll(0x8864), ppp(0x0021), v4), FLOW],
    ['PPPoE behind Linux cooked, version 2', 276, wrap(sll2(0x8864), ppp(0x0021), v4), FLOW],
    ['MPLS', 1, ethernet(wrap(label(true), v4), 0x8847), FLOW],
    ['three labels of MPLS', 1, ethernet(wrap(label(false), label(false), label(true), v6), 0x8848), FLOW6],
    ['MPLS over PPPoE', 1, ethernet(wrap(ppp(0x0281), label(true), v4), 0x8864), FLOW],
    ['LLC with SNAP', 1, ethernet(wrap(Buffer.from('aaaa03000000', 'hex'), be(2, 0x0800), v4), 66), FLOW],
    ['the header of the Host Identity Protocol', 101, ipv6(wrap(extension(6), tcp(hb, TCP6)), { next: 139 }), FLOW6],
    ['the header of Shim6', 101, ipv6(wrap(extension(6), tcp(hb, TCP6)), { next: 140 }), FLOW6],
  ])('%s', (_name, link, packet, frame) => {
    expect(decodeCapture(pcap([packet], { link }))).toEqual({ code: 0, frames: [frame], said: [] });
  });
});

describe('what may carry TCP and is not read is counted', () => {
  const udp = (port: number): Buffer => ipv4(wrap(be(2, 40_000), be(2, port), be(2, 8), be(2, 0)), { protocol: 17 });

  it.each<[string, number, Buffer, string]>([
    ['GRE', 101, ipv4(wrap(be(4, 0x0800), v4), { protocol: 47 }), 'packets of GRE'],
    ['GRE over IPv6', 101, ipv6(wrap(be(4, 0x0800), v4), { next: 47 }), 'packets of GRE'],
    ['IP in IP', 101, ipv4(v4, { protocol: 4 }), 'packets of IPv4 in IP'],
    ['IPv6 in IPv4', 101, ipv4(v6, { protocol: 41 }), 'packets of IPv6 in IP'],
    ['ESP', 101, ipv4(Buffer.alloc(40), { protocol: 50 }), 'packets of ESP'],
    ['another protocol', 101, ipv6(Buffer.alloc(40), { next: 200 }), 'packets of IP protocol 200'],
    ['VXLAN', 101, udp(4789), 'packets of VXLAN'],
    ['PPPoE with another protocol', 1, ethernet(wrap(ppp(0x003d), v4), 0x8864), 'packets of PPPoE'],
    ['PPPoE that was cut off', 1, ethernet(Buffer.alloc(7), 0x8864), 'packets of PPPoE'],
    ['MPLS without IP', 1, ethernet(wrap(label(true), Buffer.alloc(40)), 0x8847), 'packets of MPLS'],
    ['MPLS whose labels do not end', 1, ethernet(wrap(label(false), label(false)), 0x8847), 'packets of MPLS'],
    ['a header of a link that was cut off', 1, Buffer.alloc(13), 'packets whose headers are incomplete'],
    ['a VLAN that was cut off', 276, wrap(sll2(0x8100), be(2, 5)), 'packets whose headers are incomplete'],
    ['what is called IP and is not', 1, ethernet(Buffer.alloc(40)), 'packets whose headers are incomplete or malformed'],
    ['MACsec', 1, ethernet(Buffer.alloc(40), 0x88e5), 'packets of MACsec'],
    [
      'an EtherType of nobody, in a VLAN behind Linux cooked',
      276,
      wrap(sll2(0x8100), tag(0x1234)),
      'packets of EtherType 0x1234',
    ],
    ['PPP as the link', 9, wrap(be(2, 0xff03), be(2, 0x0021), v4), 'packets of link type 9'],
  ])('%s', (_name, link, packet, what) => {
    const { code, frames, said } = decodeCapture(pcap([packet, packet], { link }));
    expect([code, frames, said.length]).toEqual([1, [], 2]);
    expect(said[0].startsWith(`skipped: 2 ${what}`)).toBe(true);
  });

  it('and what carries no TCP is not', () => {
    const packets = [0x0806, 0x8863, 0x88cc].map((type) => ethernet(Buffer.alloc(40), type));
    const others = [ethernet(udp(53)), ethernet(ipv4(Buffer.alloc(8), { protocol: 1 })), ethernet(wrap(ppp(0xc021)), 0x8864)];
    const stp = ethernet(Buffer.from('424203000000', 'hex'), 38);
    expect(decodeCapture(pcap([...packets, ...others, stp, ethernet(v4)]))).toEqual({ code: 0, frames: [FLOW], said: [] });
  });
});
