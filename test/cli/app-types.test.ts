// --proto and --type: messages of an application, by its own .proto files.
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { encodeRawFrame } from '../../src/frame/index.js';
import { type Command, encodeFrame } from '../../src/index.js';
import { cli } from './cli.js';

const PROTO = 'test/cli/polls.proto';
const root = protobuf.loadSync(PROTO);
const type = root.lookupType('com.example.polls.v1.Poll');
const bytesOf = (poll: object): Uint8Array => type.encode(type.fromObject(poll)).finish();

const poll = {
  question: 'Tea?',
  answers: ['yes', 'no'],
  endsAtMs: '9007199254740993',
  kind: 1,
  votes: { yes: '2' },
  userId: '7',
  limit: 0,
  numbers: [1, 2],
  token: Buffer.from('abc'),
  next: { name: 'x' },
};
const json = {
  question: 'Tea?',
  answers: ['yes', 'no'],
  endsAtMs: '9007199254740993',
  kind: 'KIND_SECRET',
  votes: { yes: '2' },
  userId: '7',
  limit: 0,
  numbers: [1, 2],
  token: 'YWJj',
  next: { name: 'x' },
};

const custom = (value: Uint8Array): Uint8Array =>
  encodeFrame('SendInfo', {
    cmd: 1000 as Command,
    data: { $case: 'custom', value: { typeUrl: 'x/com.example.polls.v1.Poll', value } },
  });

describe('decode --proto', () => {
  it('shows what is in an Any, and encode packs it again', () => {
    const frame = custom(bytesOf(poll));
    const { stdout, stderr } = cli(['decode', '--json', '-q', '--proto', PROTO], frame);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      type: 'SendInfo',
      flags: 0,
      message: { cmd: 1000, custom: { '@type': 'x/com.example.polls.v1.Poll', ...json } },
    });
    expect(cli(['encode', '--to', 'raw', '--proto', PROTO], stdout).bytes.equals(frame)).toBe(true);
  });

  it('leaves packed what would not come out as it was', () => {
    // Field 2 before field 1; and a field that the file does not know.
    for (const hex of ['12017 80a0161'.replace(' ', ''), '0a0161980601']) {
      const value = Buffer.from(hex, 'hex');
      const frame = custom(value);
      const { stdout } = cli(['decode', '--json', '-q', '--proto', PROTO], frame);
      // It is reported by its bytes: with the file, "value" would be a field.
      expect(JSON.parse(stdout).payload).toBeDefined();
      expect(JSON.parse(stdout).message.custom).toEqual({
        '@type': 'x/com.example.polls.v1.Poll',
        value: value.toString('base64'),
      });
      expect(cli(['encode', '--to', 'raw', '--proto', PROTO], stdout).bytes.equals(frame)).toBe(true);
    }
  });

  it('is what people see as well, in decode and inspect', () => {
    const frame = custom(bytesOf({ question: 'Tea?' }));
    expect(cli(['decode', '-q', '--proto', PROTO], frame).stdout).toContain('"question": "Tea?"');
    expect(cli(['inspect', '-q', '--proto', PROTO], frame).stdout).toMatch(/question +"Tea\?"/);
  });

  it('--type says what is in frames of an application', () => {
    const frame = encodeRawFrame(130, bytesOf({ question: 'Tea?' }));
    for (const name of ['130=com.example.polls.v1.Poll', 'Poll']) {
      const args = ['--proto', PROTO, '--type', name];
      const { code, stdout } = cli(['decode', '--json', '-q', ...args], frame);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual({ version: 1, type: 130, flags: 0, message: { question: 'Tea?' } });
      expect(cli(['encode', '--to', 'raw', ...args], stdout).bytes.equals(Buffer.from(frame))).toBe(true);
      expect(cli(['inspect', '-q', ...args], frame).stdout).toMatch(/question +"Tea\?"/);
    }
    // Without it, the type is unknown.
    expect(cli(['decode', '--json', '-q'], frame).code).toBe(1);
  });

  it('validate checks the structure of application messages, in frames and in an Any', () => {
    const args = ['--proto', PROTO, '--type', '130=Poll'];
    const frame = encodeRawFrame(130, bytesOf({ question: 'Tea?' }));
    expect(cli(['validate', '-q', ...args], frame)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(cli(['validate', '-q'], frame)).toMatchObject({ code: 1 });
    // A string whose length exceeds the message.
    const cut = encodeRawFrame(130, Buffer.from('0a055465', 'hex'));
    expect(cli(['validate', '-q', ...args], cut)).toMatchObject({
      code: 1,
      stdout: 'byte 9, frame at 0: [MALFORMED_PAYLOAD] Poll.question: length 5, but its parent ends after 2 bytes, at byte 9\n',
    });
    const packed = custom(Buffer.from('0a055465', 'hex'));
    expect(cli(['validate', '-q'], packed).code).toBe(0);
    expect(cli(['validate', '-q', '--proto', PROTO], packed)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('length 5, but its parent ends after 2 bytes'),
    });
    expect(cli(['validate', '-q', '--proto', PROTO], custom(bytesOf(poll))).code).toBe(0);
    expect(cli(['validate', '--help']).stdout).toContain('--proto FILE');
  });

  it.each([
    [['--proto', 'no-such.proto'], 1, '--proto: '],
    [['--type', 'Poll'], 2, '--type needs --proto'],
    [['--proto', PROTO, '--type', 'Pool'], 2, '--type "Pool": no such message in the files'],
    [['--proto', PROTO, '--type', '7=Poll'], 2, '--type: expected 128 to 255, the frame types of applications, got 7'],
  ])('%j is refused', (args, code, message) => {
    const result = cli(['decode', '-q', ...args], '');
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
  });
});
