// `im-protocol decode --legacy`: JSON of older systems, from logs, streams and captures.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { framed } from '../node/legacy/older-client.js';
import { cli } from './cli.js';

const LOGIN = '{"cmd":0,"data":{"accessToken":"secret-token","devId":9007199254740993}}';
const MESSAGE =
  '{"cmd":3,"data":{"id":9007199254740993,"sendId":5,"recvId":7,"content":"你好","type":0,"status":0,"sendTime":1700000000000}}';
const EXPECTED = {
  content: { messageId: '9007199254740993', sentAtMs: '1700000000000', text: { text: '你好' } },
  receiverId: '7',
};

function decode(input: string | Uint8Array, ...args: string[]) {
  const { code, stdout, stderr } = cli(['decode', '--legacy', 'box-im', '-q', ...args], input);
  return { code, stdout, stderr };
}

const rows = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the input', () => {
  it.each<[string, string | Uint8Array, string[]]>([
    ['lines of a log', `${LOGIN}\n${MESSAGE}\n`, []],
    ['one text after the other', LOGIN + MESSAGE, []],
    ['a list', `[${LOGIN}, ${MESSAGE}]`, []],
    ['a stream with lengths of 8 bytes', Buffer.concat([framed(LOGIN, 8), framed(MESSAGE, 8)]), []],
    ['a stream with lengths of 4 bytes', Buffer.concat([framed(LOGIN, 4), framed(MESSAGE, 4)]), ['--legacy', 'binghe']],
    ['hex', Buffer.concat([framed(LOGIN, 8), framed(MESSAGE, 8)]).toString('hex'), []],
  ])('may be %s', (_what, input, args) => {
    const { code, stdout } = decode(input, '--json', ...args);
    expect(code).toBe(0);
    const [login, message] = rows(stdout);
    expect(login).toMatchObject({ type: 'SendInfo', message: { cmd: 'COMMAND_LOGIN', login: { deviceId: '9007199254740993' } } });
    expect(message.message).toMatchObject({ cmd: 'COMMAND_PRIVATE_MESSAGE', privateMessage: EXPECTED });
  });

  it('may be the argument', () => {
    expect(cli(['decode', '--legacy', 'box-im', MESSAGE]).stdout).toContain('"text": "你好"');
  });

  it('may be a HAR file', () => {
    const message = (opcode: number, data: string) => ({ type: 'receive', opcode, data, time: 1 });
    const entry = {
      request: { url: 'wss://example.com/im' },
      _webSocketMessages: [message(1, LOGIN), message(2, 'AAAA'), message(1, MESSAGE)],
    };
    const { code, stdout } = decode(JSON.stringify({ log: { entries: [entry] } }), '--json');
    expect([code, rows(stdout).map(({ flow, message: { cmd } }) => [flow, cmd])]).toEqual([
      0,
      [
        ['wss://example.com/im receive', 'COMMAND_LOGIN'],
        ['wss://example.com/im receive', 'COMMAND_PRIVATE_MESSAGE'],
      ],
    ]);
  });
});

it('a text shows its message, without secrets', () => {
  const { code, stdout } = decode(LOGIN);
  expect(code).toBe(0);
  expect(stdout).toContain('text 1: SendInfo, LOGIN, 72 bytes');
  expect(stdout).not.toContain('secret-token');
  expect(decode(LOGIN, '--secrets').stdout).toContain('secret-token');
});

it('the JSON rows are those of encode', () => {
  const { stdout } = decode(LOGIN + MESSAGE, '--json');
  const frames = cli(['encode'], stdout);
  expect(frames.code).toBe(0);
  expect(cli(['validate', '-q'], frames.bytes).code).toBe(0);
});

it('an invalid text is shown with its error, and does not end the stream', () => {
  const { code, stdout } = decode(`{"cmd":0,"data":{"token":1}}${MESSAGE}`);
  expect(code).toBe(1);
  expect(stdout).toContain('! [INVALID_MESSAGE] data: a LOGIN of this profile has no other keys');
  expect(stdout).toContain('你好');
});

it('a WebSocket message that is no JSON does not end its stream', () => {
  const message = (data: string) => ({ type: 'send', opcode: 1, data, time: 1 });
  const entry = { request: { url: 'ws://a' }, _webSocketMessages: [message('hello'), message('{"cmd":1'), message(MESSAGE)] };
  const { code, stdout } = decode(JSON.stringify({ log: { entries: [entry] } }), '--json');
  expect([code, rows(stdout).map((row) => row.message.cmd)]).toEqual([1, ['COMMAND_PRIVATE_MESSAGE']]);
});

it('a broken stream ends, with an exit code', () => {
  for (const input of ['{"cmd":1', 'hello', framed(MESSAGE, 8).subarray(0, 20), Buffer.from([0, 0, 0, 0, 0, 0, 0, 0])]) {
    const { code, stderr } = decode(input);
    expect([code === 0, stderr === '']).toEqual([false, false]);
  }
});

it('a fork has its profile in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'fork.json');
  writeFileSync(
    file,
    '{"name":"fork","base":"binghe","keys":{"frame":{"cmd":"systemInfo"}},"commands":{"FORCE_LOGOUT":3,"PRIVATE_MESSAGE":4,"GROUP_MESSAGE":5,"SYSTEM_MESSAGE":null}}',
  );
  const text = MESSAGE.replace('"cmd":3', '"systemInfo":4');
  expect(cli(['decode', '--legacy', file, '-q'], text).stdout).toContain('PRIVATE_MESSAGE');
  writeFileSync(file, '{"name":"fork","commands":{"LOGIN":7,"HEARTBEAT":7}}');
  expect(cli(['decode', '--legacy', file], text)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('commands.HEARTBEAT'),
  });
  expect(cli(['decode', '--legacy', 'no-such-profile'], text)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected box-im, binghe'),
  });
});
