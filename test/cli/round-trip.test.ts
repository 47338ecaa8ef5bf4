// "decode --json | encode equals cat"
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { bytesOf, FRAME_FILES, VERSION_2_FRAME_FILES, type Vector, vectorsOf } from '../vectors/load.js';
import { messagesByWs } from './capture/messages-by-ws.js';
import { ipv4, pcap, tcp } from './capture/write-capture.js';
import { cli } from './cli.js';

/** What comes out of `decode --json | encode`. */
function again(bytes: Uint8Array): Buffer {
  const { stdout } = cli(['decode', '--json', '-q'], bytes);
  const encoded = cli(['encode', '--to', 'raw'], stdout);
  expect(encoded.stderr).toBe('');
  return encoded.bytes;
}

const vectors = [...FRAME_FILES, ...VERSION_2_FRAME_FILES].flatMap(vectorsOf).filter(({ hex }) => hex !== undefined);
const isSound = ({ frame, error, decode }: Vector): boolean =>
  frame !== undefined || (decode === undefined && !/^(FOREIGN|FRAME|TRUNC)/.test((error as { code: string }).code));

describe('decode --json | encode', () => {
  it('is cat for all vectors that are canonical, one after the other', () => {
    const canonical = vectors.filter((vector) => vector.canonical);
    expect(canonical.length).toBeGreaterThan(400);
    const stream = Buffer.concat(canonical.map(({ hex }) => bytesOf(hex)));
    expect(again(stream).equals(stream)).toBe(true);
    // All of them by their messages: what is canonical needs no bytes beside them.
    const { stdout } = cli(['decode', '--json', '-q'], stream);
    const rows = stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(canonical.length);
    expect(rows.filter((row) => Object.hasOwn(JSON.parse(row), 'payload'))).toEqual([]);
  });

  it('is cat for all other frames too: in another order, compressed, refused', () => {
    const sound = vectors.filter(isSound);
    const stream = Buffer.concat(sound.map(({ hex }) => bytesOf(hex)));
    expect(again(stream).equals(stream)).toBe(true);
  });
});

describe('what the clients of the chat demo send and receive', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'im-capture-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  /** Each direction of each connection by itself; some end where a server was killed. */
  let streams: Buffer[];

  beforeAll(() => {
    const record = join(ROOT, 'test/cli/record-sockets.mjs');
    const demo = spawnSync(process.execPath, ['--import', record, '--import', 'tsx', 'examples/chat/main.ts'], {
      cwd: ROOT,
      env: { ...process.env, RECORD_FOLDER: folder },
      encoding: 'utf8',
    });
    expect(demo.status, demo.stderr).toBe(0);
    streams = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  });

  const isWebsocket = (bytes: Buffer): boolean => bytes[0] !== 0;

  it('is the same behind decode --json | encode: over TCP, and in messages of WebSockets', async () => {
    const ofMessages = async (stream: Buffer): Promise<Buffer> => Buffer.from((await messagesByWs(stream)).join(''), 'hex');
    const websockets = await Promise.all(streams.filter(isWebsocket).map(ofMessages));
    const plain = streams.filter((bytes) => !isWebsocket(bytes));
    const isSound = (bytes: Buffer): boolean => cli(['validate', '-q'], bytes).code === 0;
    const [ofTcp, ofWebsockets] = [plain.filter(isSound), websockets.filter(isSound)];
    expect(ofTcp.length).toBeGreaterThan(4);
    expect(ofWebsockets.length).toBeGreaterThan(4);
    const capture = Buffer.concat([...ofTcp, ...ofWebsockets]);
    expect(again(capture).equals(capture)).toBe(true);
  });

  it('is the same in a capture: decode takes the WebSockets apart', async () => {
    const packets: Buffer[] = [];
    const expected = new Map<string, Buffer>();
    for (const [i, stream] of streams.entries()) {
      const [from, to] = [`10.0.0.1:${1000 + i}`, '10.0.0.2:9000'];
      packets.push(ipv4(tcp(Buffer.alloc(0), { from, to, number: 0, flags: 'SYN' }), { from, to }));
      for (let at = 0; at < stream.length; at += 1000) {
        packets.push(ipv4(tcp(stream.subarray(at, at + 1000), { from, to, number: 1 + at }), { from, to }));
      }
      expected.set(`${from} > ${to}`, isWebsocket(stream) ? Buffer.from((await messagesByWs(stream)).join(''), 'hex') : stream);
    }
    const { stdout } = cli(['decode', '--json', '-q'], pcap(packets, { link: 101 }));
    const rows = stdout.trimEnd().split('\n');
    const flows = [...expected].filter(([flow]) => rows.some((row) => row.includes(JSON.stringify(flow))));
    expect(flows.length).toBeGreaterThan(9);
    // Each takes a process: so all in one, in the order of their flows.
    const inOrder = flows.flatMap(([flow]) => rows.filter((row) => row.startsWith(`{"flow":${JSON.stringify(flow)},`)));
    expect(inOrder).toHaveLength(rows.length);
    const whole = flows.map(([, bytes]) => bytes.subarray(0, soundBytes(bytes)));
    const { bytes } = cli(['encode', '--to', 'raw'], inOrder.join('\n'));
    expect(bytes.equals(Buffer.concat(whole))).toBe(true);
  });

  /** Up to the end of the last whole frame, by the lengths alone. */
  function soundBytes(bytes: Buffer): number {
    let at = 0;
    while (at + 8 <= bytes.length && at + 4 + bytes.readUInt32BE(at) <= bytes.length) at += 4 + bytes.readUInt32BE(at);
    return at;
  }
});

describe('encode', () => {
  it('takes frames by hand: version and flags may be left out, and a list for many', () => {
    const row = '{"type":"UserInfo","message":{"userId":"7","terminal":"TERMINAL_APP"}}';
    const hex = '000000080103000008071002';
    expect(cli(['encode', '--to', 'hex', row]).stdout).toBe(`${hex}\n`);
    expect(cli(['encode', '--to', 'hex'], `\n[${row},\n ${row}]\n${row}`).stdout).toBe(`${hex}\n`.repeat(3));
    expect(cli(['encode', '--to', 'base64', row]).stdout).toBe('AAAACAEDAAAIBxAC\n');
    expect(cli(['encode', '--to', 'hex', '{"type":130,"version":1,"payload":"CAc="}']).stdout).toBe('00000006018200000807\n');
  });

  it('takes what editors make of it: a byte order mark, UTF-16, CRLF, blank lines', () => {
    const row = '{"type":"UserInfo","message":{"userId":"7","terminal":"TERMINAL_APP"}}';
    const text = `\ufeff\r\n${row}\r\n\r\n\r\n${row}\r\n`;
    for (const input of [text, Buffer.from(text, 'utf16le')]) {
      expect(cli(['encode', '--to', 'hex'], input).stdout).toBe('000000080103000008071002\n'.repeat(2));
    }
  });

  it('reads integers beyond 2^53 exactly', () => {
    const row = (id: string): string => `{"type":"UserInfo","message":{"userId":${id},"terminal":1}}`;
    for (const id of ['9007199254740993', '"9007199254740993"', '9007199254740993.0']) {
      expect(cli(['encode', '--to', 'hex', row(id)]).stdout).toBe('0000000f010300000881808080808080101001\n');
    }
  });

  it('reports the frame with an error', () => {
    const row = '{"type":"UserInfo","message":{"userId":"7","terminal":"TERMINAL_APP"}}';
    const { code, stdout, stderr } = cli(['encode', '--to', 'hex'], `${row}\n${row.slice(0, 30)}`);
    expect([code, stdout]).toEqual([1, '000000080103000008071002\n']);
    expect(stderr).toBe('im-protocol: frame 2: the JSON ends inside a value\n');
    expect(cli(['encode'], Buffer.from('80', 'hex')).stderr).toBe(
      'im-protocol: frame 1: the input is not UTF-8: expected JSON\n',
    );
  });

  it.each([
    ['a key twice', '{"type":"UserInfo","message":{"userId":1,"userId":2}}', 'a key that the object has already at character 41'],
    [
      'a field by both names',
      '{"type":"UserInfo","message":{"userId":1,"user_id":2}}',
      'userId: given twice, as userId and as user_id',
    ],
    ['__proto__', '{"type":"UserInfo","message":{"__proto__":1}}', '__proto__: no field of im.protocol.v1.UserInfo'],
    [
      '200,000 lists',
      `{"type":"UserInfo","message":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
      'JSON nested deeper than 203 levels',
    ],
    [
      'an integer that is too large',
      '{"type":"UserInfo","message":{"userId":9223372036854775808}}',
      'userId: got 9223372036854775808, int64 is an integer',
    ],
  ])('refuses %s', (_name, text, message) => {
    const { code, stderr } = cli(['encode', '--to', 'hex'], text);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('checks the rules, unless told not to', () => {
    const row = '{"type":"UserInfo","message":{"userId":"7"}}';
    const { code, stderr } = cli(['encode', '--to', 'hex', row]);
    expect([code, stderr]).toEqual([
      1,
      'im-protocol: frame 1: [INVALID_MESSAGE] UserInfo breaks 1 rule: terminal: got 0, at least 1\n',
    ]);
    expect(cli(['encode', '--to', 'hex', '--no-validate', row]).stdout).toBe('00000006010300000807\n');
  });

  it('refuses a message that says something else than the payload beside it', () => {
    const [row] = cli(['decode', '--json', '-q', '00000008010300001002 0807'.replace(' ', '')]).stdout.split('\n');
    expect(JSON.parse(row)).toEqual({
      version: 1,
      type: 'UserInfo',
      flags: 0,
      message: { userId: '7', terminal: 'TERMINAL_APP' },
      payload: 'EAIIBw==',
    });
    expect(cli(['encode', '--to', 'hex', row]).stdout).toBe('000000080103000010020807\n');
    const { code, stderr } = cli(['encode', '--to', 'hex', row.replace('"7"', '"8"')]);
    expect([code, stderr]).toEqual([1, 'im-protocol: frame 1: "message" and "payload" differ: remove one of them\n']);
  });

  it.each([
    ['{"type":"UserInfo"', 'the JSON ends inside a value'],
    ['"x"', 'expected a JSON object for a frame, got a string'],
    ['7', 'expected a JSON object for a frame, got "7"'],
    ['{"type":"Nothing","message":{}}', 'frame 1: [UNSUPPORTED_TYPE] no frame carries a Nothing'],
    [
      '{"type":"UserInfo","mesage":{}}',
      'frame 1: unknown key "mesage" in a frame: expected flow, version, type, flags, message, payload, error',
    ],
  ])('says what is wrong with %s', (text, message) => {
    const { code, stderr } = cli(['encode', '--to', 'hex'], text);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});
