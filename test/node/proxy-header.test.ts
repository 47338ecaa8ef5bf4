// PROXY headers: the examples of the specification, and what must be refused.
import {
  Command,
  INETProtocol,
  IPv4Address,
  IPv4ProxyAddress,
  IPv6Address,
  IPv6ProxyAddress,
  Peer,
  TransportProtocol,
  V1ProxyProtocol,
  V2ProxyProtocol,
} from 'proxy-protocol-js';
import { describe, expect, it } from 'vitest';
import { readProxyHeader } from '../../src/node/proxy-header.js';
import { thrownBy } from '../thrown-by.js';

const text = (line: string): Buffer => Buffer.from(line, 'latin1');
const SIGNATURE = '0d0a0d0a000d0a515549540a';
/** A header of version 2 by its bytes after the signature. */
const v2 = (rest: string): Buffer => Buffer.from(SIGNATURE + rest.replaceAll(' ', ''), 'hex');

const TCP4 = v2('21 11 000c c0000201 c6336407 dc04 01bb');
const TCP6 = v2('21 21 0024 20010db8000000000000000000000001 20010db8000000000000000000000002 dc04 01bb');

it.each<[string, Buffer, string | undefined]>([
  ['version 1, TCP4', text('PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n'), '192.0.2.1'],
  // The examples of the specification, section 2.1.
  ['version 1, the longest TCP4', text('PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n'), '255.255.255.255'],
  [
    'version 1, the longest TCP6',
    text('PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n'),
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ],
  ['version 1, unknown', text('PROXY UNKNOWN\r\n'), undefined],
  [
    'version 1, the longest of all',
    text('PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n'),
    undefined,
  ],
  ['version 1, a mapped address', text('PROXY TCP6 ::ffff:192.0.2.1 ::1 1 0\r\n'), '192.0.2.1'],
  ['version 2, TCP4', TCP4, '192.0.2.1'],
  ['version 2, TCP6', TCP6, '2001:db8::1'],
  ['version 2, a mapped address', v2(`21 21 0024 00000000000000000000ffffc0000201 ${'00'.repeat(16)} dc04 01bb`), '192.0.2.1'],
  ['version 2, TCP4 with a TLV', v2('21 11 000f c0000201 c6336407 dc04 01bb 040000'), '192.0.2.1'],
  ['version 2, LOCAL', v2('20 00 0000'), undefined],
  ['version 2, LOCAL with addresses', v2('20 11 000c c0000201 c6336407 dc04 01bb'), undefined],
  ['version 2, LOCAL with fewer bytes than its family has', v2('20 11 0001 00'), undefined],
  ['version 2, unspecified', v2('21 00 0003 010203'), undefined],
  ['version 2, datagrams', v2('21 12 000c c0000201 c6336407 dc04 01bb'), undefined],
  ['version 2, a Unix socket', v2(`21 31 00d8 ${'2f'.repeat(216)}`), undefined],
  ['version 2, 4096 bytes', v2(`21 11 0ff0 c0000201 c6336407 dc04 01bb ${'00'.repeat(4068)}`), '192.0.2.1'],
])('%s', (_name, header, source) => {
  const after = Buffer.concat([header, text('PROXY')]);
  expect(readProxyHeader(after)).toEqual({ source, length: header.length });
  expect(readProxyHeader(header)).toEqual({ source, length: header.length });
  for (let length = 0; length < header.length; length++) expect(readProxyHeader(header.subarray(0, length))).toBeUndefined();
});

it('the headers that another implementation writes', () => {
  const peers = [new Peer('192.0.2.1', 12_345), new Peer('198.51.100.7', 54_321)] as const;
  const peers6 = [new Peer('2001:db8::1', 12_345), new Peer('2001:db8::2', 54_321)] as const;
  const v4 = [IPv4Address.createFrom([192, 0, 2, 1]), IPv4Address.createFrom([198, 51, 100, 7])] as const;
  const bytes = (first: number) => [0x20, first, ...Array<number>(13).fill(0), 1] as Parameters<typeof IPv6Address.createFrom>[0];
  const v6 = [IPv6Address.createFrom(bytes(1)), IPv6Address.createFrom(bytes(2))] as const;
  const written: [string | Uint8Array, string][] = [
    [new V1ProxyProtocol(INETProtocol.TCP4, ...peers).build(), '192.0.2.1'],
    [new V1ProxyProtocol(INETProtocol.TCP6, ...peers6).build(), '2001:db8::1'],
    [new V2ProxyProtocol(Command.PROXY, TransportProtocol.STREAM, new IPv4ProxyAddress(v4[0], 1, v4[1], 2)).build(), '192.0.2.1'],
    [new V2ProxyProtocol(Command.PROXY, TransportProtocol.STREAM, new IPv6ProxyAddress(v6[0], 1, v6[1], 2)).build(), '2001::1'],
  ];
  for (const [header, source] of written) expect(readProxyHeader(Buffer.from(header))).toEqual({ source, length: header.length });
});

describe('refuses', () => {
  it.each<[string, Buffer, string]>([
    ['a frame', Buffer.from([0, 0, 0, 252, 1, 7, 0, 0]), '[FOREIGN_PROTOCOL] no PROXY header'],
    ['HTTP', text('POST / HTTP/1.1\r\n'), '[FOREIGN_PROTOCOL] no PROXY header'],
    ['TLS', Buffer.from([22, 3, 1]), '[FOREIGN_PROTOCOL] no PROXY header'],
    ['lower case', text('proxy TCP4'), '[FOREIGN_PROTOCOL] no PROXY header'],
    ['another signature', Buffer.from('0d0a0d0a000d0a515549540b', 'hex'), '[FOREIGN_PROTOCOL] no PROXY header'],
    [
      'a line that is too long',
      text(`PROXY UNKNOWN ${'x'.repeat(93)}`),
      '[FOREIGN_PROTOCOL] no end of the PROXY line within 107 bytes',
    ],
    [
      'a line with its end one byte too late',
      text(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`),
      '[FOREIGN_PROTOCOL] no end of the PROXY line within 107 bytes',
    ],
    ['UDP4', text('PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n'), '[FOREIGN_PROTOCOL] expected TCP4, TCP6 or UNKNOWN in the PROXY line'],
    ['nothing', text('PROXY \r\n'), '[FOREIGN_PROTOCOL] expected TCP4, TCP6 or UNKNOWN in the PROXY line'],
    ...[
      'TCP4 1.1.1.1 2.2.2.2 1',
      'TCP4 1.1.1.1 2.2.2.2 1 2 3',
      'TCP4 1.1.1.1  2.2.2.2 1 2',
      'TCP4 1.1.1.1 2.2.2.2 01 2',
      'TCP4 1.1.1.1 2.2.2.2 65536 2',
      'TCP4 1.1.1.1 2.2.2.2 -1 2',
      'TCP4 1.1.1 2.2.2.2 1 2',
      'TCP4 1.1.1.256 2.2.2.2 1 2',
      'TCP4 ::1 ::1 1 2',
      'TCP4 1.1.1.1 2.2.2.2 1 2 ',
    ].map((line): [string, Buffer, string] => [
      line,
      text(`PROXY ${line}\r\n`),
      '[FOREIGN_PROTOCOL] invalid addresses or ports in the PROXY line of TCP4',
    ]),
    [
      'a zone',
      text('PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n'),
      '[FOREIGN_PROTOCOL] invalid addresses or ports in the PROXY line of TCP6',
    ],
    ['version 1 in binary', v2('11 11 000c'), '[FOREIGN_PROTOCOL] version 1 of the PROXY protocol, expected 2'],
    ['version 3', v2('31 11 000c'), '[FOREIGN_PROTOCOL] version 3 of the PROXY protocol, expected 2'],
    ['an unknown command', v2('22 11 000c'), '[FOREIGN_PROTOCOL] unknown command 2 of the PROXY protocol'],
    ['an unknown family', v2('21 41 000c'), '[FOREIGN_PROTOCOL] unknown family 65 of the PROXY protocol'],
    ['an unknown transport', v2('21 13 000c'), '[FOREIGN_PROTOCOL] unknown family 19 of the PROXY protocol'],
    ['11 bytes for IPv4', v2('21 11 000b'), '[FOREIGN_PROTOCOL] 11 bytes for addresses in the PROXY header, expected 12'],
    ['35 bytes for IPv6', v2('21 21 0023'), '[FOREIGN_PROTOCOL] 35 bytes for addresses in the PROXY header, expected 36'],
    ['4097 bytes', v2('21 11 0ff1'), '[FRAME_TOO_LARGE] a PROXY header of 4097 bytes, limit 4096'],
  ])('%s', (_name, bytes, message) => {
    expect(thrownBy(() => readProxyHeader(bytes))).toMatchObject({ message });
  });
});
