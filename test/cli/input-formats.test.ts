// What the input may be, and that it is detected.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli, HEARTBEAT, LOGIN, MAIN, MESSAGE } from './cli.js';

const bytes = Buffer.from(MESSAGE + HEARTBEAT, 'hex');
const expected = cli(['decode', '--json', '-q'], bytes).stdout;

const XXD = `00000000: 0000 0022 0107 0000 0804 1003 7218 0a04  ..."........r...
00000010: 0801 1001 1002 520e 1202 6331 5208 0a06  ......R...c1R...
00000020: e4bd a0e5 a5bd 0000 000d 0107 0000 0802  ................
00000030: 1001 6203 08e8 07                        ..b....
`;
const HEXDUMP_C = `00000000  00 00 00 22 01 07 00 00  08 04 10 03 72 18 0a 04  |..."........r...|
00000010  08 01 10 01 10 02 52 0e  12 02 63 31 52 08 0a 06  |......R...c1R...|
00000020  e4 bd a0 e5 a5 bd 00 00  00 0d 01 07 00 00 08 02  |................|
00000030  10 01 62 03 08 e8 07                              |..b....|
00000037
`;
const WIRESHARK = `0000   00 00 00 22 01 07 00 00 08 04 10 03 72 18 0a 04   ..."........r...
0010   08 01 10 01 10 02 52 0e 12 02 63 31 52 08 0a 06   ......R...c1R...
0020   e4 bd a0 e5 a5 bd 00 00 00 0d 01 07 00 00 08 02   ................
0030   10 01 62 03 08 e8 07                              ..b....
`;
/** What "Copy as hex" of Chrome's viewer of WebSocket messages gives: it counts lines. */
const CHROME = XXD.replace(/^0+([0-9a-f])0:/gm, '0000000$1:');
const OD_OCTAL = `0000000 00 00 00 22 01 07 00 00 08 04 10 03 72 18 0a 04
0000020 08 01 10 01 10 02 52 0e 12 02 63 31 52 08 0a 06
0000040 e4 bd a0 e5 a5 bd 00 00 00 0d 01 07 00 00 08 02
0000060 10 01 62 03 08 e8 07
0000067
`;
const OD_DECIMAL = OD_OCTAL.replaceAll('\n00000', '\n#')
  .replace('#20', '0000016')
  .replace('#40', '0000032')
  .replace('#60', '0000048')
  .replace('#67', '0000055');
const OD = `000000 00 00 00 22 01 07 00 00 08 04 10 03 72 18 0a 04
000010 08 01 10 01 10 02 52 0e 12 02 63 31 52 08 0a 06
000020 e4 bd a0 e5 a5 bd 00 00 00 0d 01 07 00 00 08 02
000030 10 01 62 03 08 e8 07
000037
`;

describe('the format is detected from the first bytes', () => {
  it.each([
    ['raw bytes', 'raw bytes', bytes],
    ['hex', 'hex', bytes.toString('hex')],
    ['hex in lines, with spaces', 'hex', bytes.toString('hex').replace(/(.{20})/g, '$1 \n')],
    ['hex of a programming language', 'hex', bytes.toString('hex').replace(/(..)/g, '0x$1, ')],
    [
      'hex with colons, in capitals',
      'hex',
      bytes
        .toString('hex')
        .toUpperCase()
        .replace(/(..)(?!$)/g, '$1:'),
    ],
    ['base64', 'base64', bytes.toString('base64')],
    ['base64 of URLs, without padding', 'base64', bytes.toString('base64url')],
    [
      'base64, a line a frame',
      'base64',
      `${Buffer.from(MESSAGE, 'hex').toString('base64')}\n${Buffer.from(HEARTBEAT, 'hex').toString('base64')}\n`,
    ],
    ['hex in groups of eight digits', 'hex', bytes.toString('hex').replace(/(.{8})/g, '$1 ')],
    ['hex in quotes', 'hex', `"${bytes.toString('hex').replace(/(..)/g, '\\x$1')}"`],
    ['hex behind a byte order mark, with CRLF', 'hex', `\ufeff${bytes.toString('hex').replace(/(.{20})/g, '$1\r\n')}\r\n`],
    ['base64 in UTF-16', 'base64', Buffer.from(`\ufeff${bytes.toString('base64')}`, 'utf16le')],
    ['a hexdump in UTF-16, big-endian', 'a hexdump', Buffer.from(`\ufeff${XXD}`, 'utf16le').swap16()],
    ['xxd', 'a hexdump', XXD],
    ['xxd with CRLF', 'a hexdump', XXD.replaceAll('\n', '\r\n')],
    ['what Chrome copies', 'a hexdump', CHROME],
    ['od -t x1, which counts in octal', 'a hexdump', OD_OCTAL],
    ['od -A d -t x1', 'a hexdump', OD_DECIMAL],
    [
      'two dumps, one after the other',
      'a hexdump',
      `${XXD.slice(0, XXD.indexOf('00000020'))}00000000: e4bd a0e5 a5bd 0000 000d 0107 0000 0802\n00000010: 1001 6203 08e8 07\n`,
    ],
    ['a dump that begins in the middle', 'a hexdump', XXD.replace(/^000000/gm, '000001')],
    ['hexdump -C', 'a hexdump', HEXDUMP_C],
    ['Wireshark', 'a hexdump', WIRESHARK],
    ['od -A x -t x1', 'a hexdump', OD],
  ])('%s', (_name, guess, input) => {
    const { stdout, stderr } = cli(['decode', '--json'], input);
    expect(stderr).toBe(`im-protocol: stdin: detected ${guess} (override with --from)\n`);
    expect(stdout).toBe(expected);
  });

  it.each([
    ['gzip', '1f8b080000000000', 'the input is compressed with gzip: use gzip -dc FILE | im-protocol ...'],
    [
      'an old form of pcap',
      '34cdb2a102000400',
      'the input is a pcap file in the modified format of Kuznetzov, which is not supported',
    ],
  ])('and %s is refused by its name', (_name, hex, message) => {
    const { code, stderr } = cli(['decode'], Buffer.from(hex, 'hex'));
    expect([code, stderr]).toEqual([1, `im-protocol: ${message}\n`]);
  });

  it('unless it is said: what begins as hex may be something else', () => {
    expect(cli(['validate', '-q', '--from', 'raw'], '0000').stdout).toContain("got 0x30 '0' at byte 0");
  });

  it('a * in a dump stands for lines like the one before', () => {
    const zeros = `00000000  00 00 00 3c 01 82 00 00  ${'00 '.repeat(8)} |...<............|
00000010  ${'00 '.repeat(8)} ${'00 '.repeat(8)} |................|
*
00000040
`;
    expect(JSON.parse(cli(['decode', '--json', '-q'], zeros).stdout).payload).toBe(Buffer.alloc(56).toString('base64'));
  });

  it('also where od counts in octal', () => {
    const zeros = `0000000 00 00 00 3c 01 82 00 00 ${'00 '.repeat(8)}\n0000020 ${'00 '.repeat(16)}\n*\n0000100\n`;
    expect(JSON.parse(cli(['decode', '--json', '-q'], zeros).stdout).payload).toBe(Buffer.alloc(56).toString('base64'));
  });

  it('up to 64 MiB: more is a slip of the offset', () => {
    // A heartbeat of 16 bytes.
    const until = (offset: string) =>
      cli(['validate'], `00000000  00 00 00 0c 01 07 00 00  08 02 10 01 62 02 08 01\n*\n${offset}\n`);
    expect(until('4000010').stderr).toContain('4194305 frames, no problems');
    expect(until('4000020').stderr).toContain('the hexdump repeats a line for 67108880 bytes, limit 67108864');
    expect(until('ffffffffffff').stderr).toContain('the hexdump repeats a line for 281474976710639 bytes, limit 67108864');
  });

  it.each([
    ['hexdump', '0000000 0000 2200 0701 0000 0408 0310 1872 040a\n'],
    ['od', '0000000 000000 021000 003401 000000 002010 001420 014162 002012\n'],
  ])('words, as %s prints them, are refused: their bytes may be swapped', (_name, dump) => {
    const { code, stderr } = cli(['decode', '-q'], dump);
    expect([code, stderr]).toEqual([
      1,
      'im-protocol: the hexdump shows words, whose byte order is unknown: use xxd, hexdump -C or od -t x1\n',
    ]);
  });

  it('empty input is reported', () => {
    expect(cli(['decode']).stderr).toBe('im-protocol: stdin is empty\n');
  });

  it('a dump with a hole is refused', () => {
    const { code, stderr } = cli(['decode', '-q'], XXD.replace(/00000020.*\n/, ''));
    expect([code, stderr]).toEqual([1, 'im-protocol: expected the hexdump to continue at 0x20, got 0x30\n']);
  });
});

/** A packet of IPv4 and TCP as tcpdump -x prints it. */
function packet(number: number, payload: string, from = '0a000001 1388', to = '0a000002 2328', flags = '18'): string {
  const [source, sourcePort] = from.split(' ');
  const [target, targetPort] = to.split(' ');
  const length = (40 + payload.length / 2).toString(16).padStart(4, '0');
  const hex = `4500${length}000040004006${'0000'}${source}${target}${sourcePort}${targetPort}${number.toString(16).padStart(8, '0')}0000000050${flags}ffff00000000${payload}`;
  const lines = hex
    .match(/.{1,32}/g)!
    .map((line, i) => `\t0x${(i * 16).toString(16).padStart(4, '0')}:  ${line.match(/.{1,4}/g)!.join(' ')}`);
  return `12:00:00.000000 IP 10.0.0.1.5000 > 10.0.0.2.9000: Flags [P.], length ${payload.length / 2}\n${lines.join('\n')}\n`;
}

describe('tcpdump', () => {
  it('has a stream for each direction, put together in order, each byte once', () => {
    const dump = [
      packet(999, '', undefined, undefined, '02'),
      packet(1000, MESSAGE.slice(0, 20)),
      packet(1020, MESSAGE.slice(40)),
      packet(5000, HEARTBEAT, '0a000002 2328', '0a000001 1388'),
      packet(1000, MESSAGE.slice(0, 20)),
      packet(1010, MESSAGE.slice(20, 44)),
    ].join('');
    const { stdout, stderr, code } = cli(['decode', '--color', 'never'], dump);
    expect(stderr).toBe('im-protocol: stdin: detected tcpdump output (override with --from)\n');
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.includes('byte'))).toEqual([
      '10.0.0.2:9000 > 10.0.0.1:5000  byte 0: SendInfo, HEARTBEAT, version 1, 17 bytes',
      '10.0.0.1:5000 > 10.0.0.2:9000  byte 0: SendInfo, PRIVATE_MESSAGE, version 1, 38 bytes',
    ]);
  });

  it('tells what is missing, and reads what is behind it', () => {
    const dump = packet(1000, HEARTBEAT) + packet(2000, HEARTBEAT);
    const { stdout, stderr, code } = cli(['decode', '--from', 'tcpdump'], dump);
    expect(stderr).toBe('im-protocol: 10.0.0.1:5000 > 10.0.0.2:9000: 983 bytes missing in the capture\n');
    expect(stdout.match(/HEARTBEAT,/g)).toHaveLength(2);
    expect(code).toBe(3);
  });
});

describe('a HAR file', () => {
  const message = (type: string, hex: string, opcode = 2) => ({
    type,
    opcode,
    time: 1,
    data: Buffer.from(hex, 'hex').toString('base64'),
  });
  const har = (...messages: object[]): string =>
    JSON.stringify({
      log: { entries: [{ request: { url: 'wss://im/ws' }, _webSocketMessages: messages }, { request: { url: 'https://im/' } }] },
    });

  it('has the binary messages of its WebSockets, each of which holds whole frames', () => {
    const { stdout, stderr, code } = cli(
      ['decode'],
      har(message('send', MESSAGE), message('receive', '', 1), message('receive', HEARTBEAT + HEARTBEAT)),
    );
    expect(stderr).toBe(
      'im-protocol: stdin: detected a HAR file (override with --from)\nim-protocol: skipped: 1 WebSocket message that is not binary\n',
    );
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.includes('byte'))).toEqual([
      'wss://im/ws send  byte 0: SendInfo, PRIVATE_MESSAGE, version 1, 38 bytes',
      'wss://im/ws receive  byte 0: SendInfo, HEARTBEAT, version 1, 17 bytes',
      'wss://im/ws receive  byte 17: SendInfo, HEARTBEAT, version 1, 17 bytes',
    ]);
  });

  it('may begin with any text, and its text messages are counted', () => {
    const text = har(message('send', '', 1), message('send', MESSAGE)).replace('{"log":{', '\ufeff{ "log" : {"comment":"你好",');
    const { code, stderr } = cli(['decode'], text);
    expect(code).toBe(0);
    expect(stderr).toBe(`im-protocol: stdin: detected a HAR file (override with --from)
im-protocol: skipped: 1 WebSocket message that is not binary
`);
    const none = cli(['validate', '-q'], har(message('send', '', 1)));
    expect([none.code, none.stderr]).toEqual([1, 'im-protocol: the HAR file has no binary WebSocket message\n']);
  });

  it('may be made to act on a terminal, and does not', () => {
    const evil = har(message('send', HEARTBEAT), message('send', MESSAGE.slice(0, 20))).replace(
      'wss://im/ws',
      '\\u001b]0;x\\u0007',
    );
    const { stdout, stderr } = cli(['decode'], evil);
    expect(stdout).toMatch(/^\\u001b\]0;x\\u0007 send {2}byte 0: SendInfo/);
    expect(stderr).toContain('im-protocol: \\u001b]0;x\\u0007 send: [TRUNCATED]');
    expect(cli(['decode', 'x\u001b[31m\u009b.bin']).stderr).toBe('im-protocol: no such file: "x\\u001b[31m\\u009b.bin"\n');
  });

  it.each([
    ['{"log":{"entries":[', /^im-protocol: not a HAR file: not valid JSON\n$/],
    ['{"log":{"entries":7}}', /^im-protocol: not a HAR file: log.entries is missing\n$/],
    [
      '{"log":{"entries":[null,7,{"_webSocketMessages":8},{"_webSocketMessages":[null,{"opcode":2,"data":7}]}]}}',
      /^im-protocol: the HAR file has no binary/,
    ],
  ])('%s is refused', (text, message) => {
    const { code, stderr } = cli(['decode', '-q'], text);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('and a message that ends inside a frame is reported, and the next one read', () => {
    const { stdout, stderr, code } = cli(
      ['decode', '-q'],
      har(message('send', MESSAGE.slice(0, 20)), message('send', HEARTBEAT)),
    );
    expect(code).toBe(3);
    expect(stderr).toBe(
      'im-protocol: wss://im/ws send: [TRUNCATED] the stream ended inside a frame: got 10 of 38 bytes, at byte 0\n',
    );
    expect(stdout).toContain('HEARTBEAT');
  });
});

it('--follow goes on with what is appended, until SIGINT', { timeout: 30_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'im-follow-'));
  const file = join(folder, 'capture.bin');
  writeFileSync(file, Buffer.from(HEARTBEAT.slice(0, 10), 'hex'));
  const child = spawn(process.execPath, [MAIN, 'decode', '--json', '-q', '--follow', '--from', 'raw', file]);
  let text = '';
  const lines = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (text.split('\n').length > count) resolve();
      };
      child.stdout.on('data', look);
      look();
    });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const exit = new Promise((resolve) => child.once('close', resolve));
  appendFileSync(file, Buffer.from(HEARTBEAT.slice(10), 'hex'));
  await lines(1);
  appendFileSync(file, Buffer.from(LOGIN, 'hex'));
  await lines(2);
  child.kill('SIGINT');
  expect(await exit).toBe(0);
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).message.cmd),
  ).toEqual(['COMMAND_HEARTBEAT', 'COMMAND_LOGIN']);
  rmSync(folder, { recursive: true });
});
