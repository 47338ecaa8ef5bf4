// Captures that tcpdump and dumpcap made, against what tshark and ws make of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../package/root.js';
import { SEED } from '../../seed.js';
import { cli } from '../cli.js';
import { messagesByWs } from './messages-by-ws.js';
import { readCapture, wholeFlows } from './read-capture.js';

const FOLDER = 'test/cli/capture/files';
const bytesOf = (name: string): Buffer => readFileSync(join(ROOT, FOLDER, name));

/** What tshark says that TCP carried, by flow. */
function streamsByTshark(): Map<string, Buffer> {
  const streams = new Map<string, Buffer>();
  let sides: string[] = [];
  for (const line of bytesOf('streams-by-tshark.txt').toString('latin1').split('\n')) {
    const side = /^Node \d: (.*)$/.exec(line)?.[1];
    if (side !== undefined) sides.push(side);
    if (line.startsWith('Filter')) sides = [];
    if (!/^\t?[0-9a-f]+$/.test(line)) continue;
    const [from, to] = line.startsWith('\t') ? [sides[1], sides[0]] : sides;
    const flow = `${from} > ${to}`;
    streams.set(flow, Buffer.concat([streams.get(flow) ?? Buffer.alloc(0), Buffer.from(line.trim(), 'hex')]));
  }
  return streams;
}

const TCP = '127.0.0.1:47600';
const WEBSOCKET = '127.0.0.1:47620';
const TLS = '127.0.0.1:47720';
const HUGE = '127.0.0.1:47728';
const SERVER = '127.0.0.1:34953';

describe('captures of tcpdump and dumpcap', () => {
  const byTshark = streamsByTshark();
  const messages = new Map<string, string[]>();
  beforeAll(async () => {
    for (const flow of [`${WEBSOCKET} > ${SERVER}`, `${SERVER} > ${WEBSOCKET}`]) {
      messages.set(flow, await messagesByWs(byTshark.get(flow)!));
    }
  });

  it('hold what they should', () => {
    expect([...byTshark.keys()]).toHaveLength(7);
    for (const found of messages.values()) expect(found.length).toBeGreaterThan(2);
  });

  it.each(['ethernet.pcap', 'nanoseconds.pcap', 'cooked-v1.pcap', 'cooked-v2.pcap', 'wireshark.pcapng'])('%s', async (name) => {
    const bytes = bytesOf(name);
    const kind = name.endsWith('.pcap') ? 'pcap' : 'pcapng';
    const read = await readCapture(bytes, kind);
    for (const [flow, stream] of byTshark) {
      if (flow.includes(TLS)) expect(read.flows.get(flow)?.join('')).toBe('');
      else if (flow.includes(WEBSOCKET)) expect(read.flows.get(flow)).toEqual([...messages.get(flow)!, '', '']);
      else expect(read.flows.get(flow)).toEqual([stream.toString('hex'), '']);
    }
    expect(read.diagnostics).toEqual([
      `warn: skipped: ${TLS} > ${SERVER}: this looks like a TLS ClientHello: the peer speaks TLS to a port without it`,
    ]);
    // However it comes.
    for (const step of [1, 7, 1000]) {
      const cuts = Array.from({ length: Math.floor(bytes.length / step) }, (_, i) => i * step);
      expect((await readCapture(bytes, kind, cuts)).flows).toEqual(read.flows);
    }
  });

  it.each(['tcpdump-X.txt', 'tcpdump-XX.txt'])('%s', async (name) => {
    const { flows, diagnostics } = await readCapture(bytesOf(name), 'tcpdump');
    expect(diagnostics).toEqual([]);
    expect(Object.fromEntries(flows)).toEqual(
      Object.fromEntries([...messages].map(([flow, found]) => [flow, [...found, '', '']])),
    );
  });

  it('begin anywhere: what comes behind the beginning is found', async () => {
    const bytes = bytesOf('ethernet.pcap');
    const whole = wholeFlows(await readCapture(bytes, 'pcap'));
    // Without its first packets, one more each time.
    for (let at = 24, left = 0; at < bytes.length; left++) {
      at += 16 + bytes.readUInt32LE(at + 8);
      const rest = await readCapture(Buffer.concat([bytes.subarray(0, 24), bytes.subarray(at)]), 'pcap');
      expect(rest.diagnostics.filter((text) => /^(truncated|invalid)/.test(text) && !text.includes('carries frames'))).toEqual(
        [],
      );
      for (const [flow, hex] of Object.entries(wholeFlows(rest))) expect(whole[flow].endsWith(hex), `${left} ${flow}`).toBe(true);
    }
  });

  it.each([
    ['ethernet.pcap', 'pcap', 'the pcap file ends inside '],
    ['wireshark.pcapng', 'pcapng', 'the pcapng file ends inside '],
  ] as const)('%s, cut anywhere, is reported to be cut', async (name, kind, text) => {
    const bytes = bytesOf(name);
    const whole = wholeFlows(await readCapture(bytes, kind));
    let between = 0;
    for (let size = 0; size < bytes.length; size += size < 300 ? 1 : 29) {
      const cut = await readCapture(bytes.subarray(0, size), kind);
      if (!cut.diagnostics.some((line) => line.startsWith(`truncated: ${text}`))) between++;
      for (const [flow, hex] of Object.entries(wholeFlows(cut))) expect(whole[flow].startsWith(hex)).toBe(true);
    }
    // Between two packets nobody can tell: that is a handful of positions.
    expect(between).toBeLessThan(40);
  });

  it.each(['ethernet.pcap', 'wireshark.pcapng'])(`%s, damaged: no crash, no hang (seed ${SEED})`, async (name) => {
    const bytes = bytesOf(name);
    const kind = name.endsWith('.pcap') ? 'pcap' : 'pcapng';
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of changes) damaged[at] = value;
        await readCapture(damaged, kind, [100, 5000]);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('the command line on a capture', () => {
  it('decodes it, with the flow of each frame, and encode takes that back', () => {
    const { stdout, stderr, code } = cli(['decode', '--json', `${FOLDER}/ethernet.pcap`]);
    expect(stderr).toBe(`im-protocol: ${FOLDER}/ethernet.pcap: detected a pcap file (override with --from)
im-protocol: skipped: ${TLS} > ${SERVER}: this looks like a TLS ClientHello: the peer speaks TLS to a port without it
im-protocol: ${HUGE} > ${SERVER}: [TRUNCATED] the stream ended inside a frame: got 8 of 16777219 bytes, at byte 104
`);
    expect(code).toBe(3);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { flow: string });
    expect(Object.keys(rows[0])).toEqual(['flow', 'version', 'type', 'flags', 'message']);
    for (const [flow, stream] of streamsByTshark()) {
      if (flow !== `${TCP} > ${SERVER}` && flow !== `${SERVER} > ${TCP}`) continue;
      const own = rows.filter((row) => row.flow === flow).map((row) => JSON.stringify(row));
      expect(cli(['encode', '--to', 'raw'], own.join('\n')).bytes.equals(stream)).toBe(true);
    }
  });

  it.each(['nanoseconds.pcap', 'cooked-v1.pcap', 'cooked-v2.pcap', 'wireshark.pcapng'])('makes the same of %s', (name) => {
    for (const command of ['decode', 'inspect', 'validate']) {
      const expected = cli([command, '--json', '-q', `${FOLDER}/ethernet.pcap`]);
      expect(cli([command, '--json', '-q'], bytesOf(name))).toEqual(expected);
    }
  });

  it('ends with 3 where the capture is cut, with 1 where it is none or carries nothing', () => {
    const bytes = bytesOf('ethernet.pcap');
    const cut = cli(['decode', '-q'], bytes.subarray(0, 9000));
    expect([cut.code, cut.stderr]).toEqual([3, 'im-protocol: the pcap file ends inside the packet at byte 8925\n']);
    const broken = cli(['decode', '-q'], Buffer.concat([bytes.subarray(0, 24), Buffer.alloc(40, 0xff)]));
    expect([broken.code, broken.stderr]).toEqual([
      1,
      'im-protocol: invalid pcap file at byte 24: a packet of 4294967295 bytes, limit 1048576\nim-protocol: the capture has no connection that carries frames\n',
    ]);
    const empty = cli(['validate', '-q'], bytes.subarray(0, 24));
    expect([empty.code, empty.stderr]).toEqual([1, 'im-protocol: the capture has no connection that carries frames\n']);
    expect(cli(['decode', '-q', '--from', 'pcap'], 'hello, this is no capture').stderr).toContain(
      'invalid pcap file at byte 0: unknown magic number 68656c6c',
    );
  });
});
