// Messages of an application that import the options of this package: its secrets, and the names of its commands.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { MAIN } from './cli.js';

const PROTO = join(ROOT, 'test/cli/secrets.proto');
/** A folder that has nothing to do with the package. */
const elsewhere = mkdtempSync(join(tmpdir(), 'im-elsewhere-'));
afterAll(() => rmSync(elsewhere, { recursive: true }));

function run(args: readonly string[], input: string | Uint8Array = '', cwd = elsewhere) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { input, cwd });
  return { code: status, stdout: stdout.toString(), stderr: stderr.toString(), bytes: stdout };
}
const encode = (row: object): Buffer => {
  const { bytes, stderr, code } = run(['encode', '--to', 'raw', '--proto', PROTO, '--type', '130=Safe'], JSON.stringify(row));
  expect([stderr, code]).toEqual(['', 0]);
  return bytes;
};

const secrets = {
  text: 'hush-text',
  key: Buffer.from('hush-key').toString('base64'),
  pin: '471147114711',
  words: ['hush-word', 'hush-other'],
  digits: [47114711, 47114712],
  answers: { who: 'hush-answer' },
  names: { 'hush-name': 'x' },
  secret: { inside: 'hush-inside', tries: { 'hush-try': 47114713 } },
  spareKey: 'hush-spare',
};
const safe = {
  label: 'open-label',
  ...secrets,
  phrase: 'hush-phrase',
  rooms: { cellar: { label: 'open-room', ...secrets } },
  next: { label: 'open-next', ...secrets },
  others: [{ label: 'open-other', ...secrets, phrase: 'hush-phrase' }],
  more: { '@type': 'x/com.example.vault.v1.Safe', label: 'open-more', ...secrets },
  owner: { userId: '7' },
  openedAt: '2026-01-02T03:04:05Z',
};
const inAny = (): Buffer =>
  encode({ type: 'SendInfo', message: { cmd: 1000, custom: { '@type': 'x/com.example.vault.v1.Safe', ...safe } } });
const inChat = (): Buffer => {
  const content = { fallback: 'a safe', custom: { '@type': 'x/com.example.vault.v1.Safe', ...safe } };
  return encode({
    type: 'SendInfo',
    message: {
      cmd: 'COMMAND_PRIVATE_MESSAGE',
      sequence: 1,
      privateMessage: { sender: { userId: '1', terminal: 'TERMINAL_WEB' }, receiverId: '2', content },
    },
  });
};
const payload = (): Buffer => encode({ type: 130, version: 1, message: safe });

const OPEN = ['open-label', 'open-room', 'open-next', 'open-other', 'open-more'];
/** What a secret looks like: as text, as hex, as base64. */
const HUSH = [/hush/, /4711471/, /68 ?75 ?73 ?68/, /aHVza/, /h1c2gt/, /odXNo/];

describe('files that import the options of this package', () => {
  it('are read from any folder, by any path', () => {
    const frame = inAny();
    for (const [proto, cwd, more] of [
      [PROTO, elsewhere, []],
      ['secrets.proto', join(ROOT, 'test/cli'), []],
      ['test/cli/secrets.proto', ROOT, []],
      ['secrets.proto', join(ROOT, 'test/cli'), ['--proto-path', ROOT]],
    ] as const) {
      const { stdout, stderr, code } = run(['decode', '--json', '-q', '--proto', proto, ...more], frame, cwd);
      expect([stderr, code]).toEqual(['', 0]);
      expect(JSON.parse(stdout).message.custom).toEqual({ '@type': 'x/com.example.vault.v1.Safe', ...safe });
    }
  });

  it('and the example of the documentation, with the messages of the protocol', () => {
    const files = ['polls.proto', 'poll_command.proto'].map((name) =>
      join(ROOT, 'examples/polls/proto/com/example/polls/v1', name),
    );
    const protos = files.flatMap((file) => ['--proto', file]);
    const row = {
      type: 'SendInfo',
      message: { cmd: 'OPEN_POLL', custom: { '@type': 'x/com.example.polls.v1.Poll', question: 'Tea?', owner: { userId: '7' } } },
    };
    const { bytes, stderr } = run(['encode', '--to', 'raw', ...protos], JSON.stringify(row));
    expect(stderr).toBe('');
    const { stdout, code } = run(['decode', '--json', '-q', ...protos], bytes);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).message).toMatchObject({ cmd: 'POLL_COMMAND_OPEN_POLL', custom: { owner: { userId: '7' } } });
  });

  it('give the commands their names, in both directions', () => {
    const row = { version: 1, type: 'SendInfo', flags: 0, message: { cmd: 'VAULT_COMMAND_OPEN_SAFE' } };
    const frame = encode(row);
    for (const cmd of [1000, 'OPEN_SAFE']) expect(encode({ ...row, message: { cmd } }).equals(frame)).toBe(true);
    expect(JSON.parse(run(['decode', '--json', '-q', '--proto', PROTO], frame).stdout)).toEqual(row);
    expect(run(['decode', '-q', '--proto', PROTO], frame).stdout).toContain('SendInfo, VAULT_COMMAND_OPEN_SAFE, version 1');
    const { stdout } = run(['inspect', '-q', '--proto', PROTO], frame);
    expect(stdout).toContain('SendInfo, VAULT_COMMAND_OPEN_SAFE, 11 bytes');
    expect(stdout).toContain('1000 = VAULT_COMMAND_OPEN_SAFE');
    // One that is an empty message, and one in the error about a command.
    const lock = encode({ type: 'SendInfo', message: { cmd: 'LOCK' } });
    expect(run(['decode', '-q', '--proto', PROTO], lock).stdout).toContain('VAULT_COMMAND_LOCK');
    expect(run(['decode', '-q', '--json'], lock).stdout).toContain('"cmd":1001');
  });
});

describe('the secrets of an application', () => {
  const frames = { 'in an Any': inAny, 'in an Any in a chat message': inChat, 'in a frame of its own': payload };
  for (const [name, make] of Object.entries(frames)) {
    it(`${name} are not shown, unless they are asked for`, () => {
      const frame = make();
      const options = ['-q', '--proto', PROTO, '--type', '130=Safe'];
      for (const command of [['decode'], ['inspect'], ['inspect', '--all'], ['inspect', '--json', '--all']]) {
        const { stdout, stderr } = run([...command, ...options], frame);
        expect(stderr).toBe('');
        for (const text of command.includes('--json') ? OPEN.slice(0, 1) : OPEN) expect(stdout).toContain(text);
        for (const hush of HUSH) expect(stdout).not.toMatch(hush);
        expect(run([...command, '--secrets', ...options], frame).stdout).toMatch(/hush-text/);
      }
    });

    it(`${name} are not shown where frames are broken, or nobody says what they are`, () => {
      const frame = make();
      const damaged = [12, 40, frame.length - 30].map((at) => {
        const copy = Buffer.from(frame);
        copy[at] ^= 0x55;
        return copy;
      });
      const broken = [frame.subarray(0, -5), ...damaged];
      for (const command of [['decode'], ['inspect', '--all'], ['inspect', '--json']]) {
        for (const bytes of broken) {
          const { stdout, stderr } = run([...command, '-q', '--proto', PROTO, '--type', '130=Safe'], bytes);
          for (const hush of HUSH) expect(stdout + stderr).not.toMatch(hush);
        }
      }
      for (const command of [['decode'], ['validate'], ['validate', '--json'], ['inspect', '--all']]) {
        // Numbers of a message that nobody knows are shown: texts and bytes are not.
        const { stdout, stderr } = run([...command, '-q'], Buffer.concat([frame, ...damaged]));
        for (const hush of HUSH) if (String(hush) !== '/4711471/') expect(stdout + stderr).not.toMatch(hush);
      }
    });
  }
});
