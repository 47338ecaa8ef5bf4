// Texts of others that would act on a terminal, or turn or hide what stands around them.
import { describe, expect, it } from 'vitest';
import { checkReject, checkWelcome, commandDigest, ERRORS, encodeFrame, Hello, Reject, Welcome } from '../../src/index.js';
import * as stages from '../session/stages.js';
import { thrownBy } from '../thrown-by.js';
import { cli } from './cli.js';

const RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0001, 0xe007f],
];
const ACTING = RANGES.map(([from, to]) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join(''),
).join('');
const acts = (text: string): boolean => [...text].some((char) => char !== '\n' && ACTING.includes(char));

describe('text that acts', () => {
  const message = (text: string) =>
    encodeFrame('SendInfo', {
      cmd: 4,
      sequence: 1,
      data: {
        $case: 'privateMessage',
        value: { sender: { userId: 1n, terminal: 1 }, receiverId: 2n, content: { body: { $case: 'text', value: { text } } } },
      },
    });

  it.each([['decode', '--json'], ['decode'], ['inspect', '--json'], ['inspect', '--all']])(
    'is escaped by %s %s',
    (...command) => {
      const { stdout, code } = cli([...command, '-q'].filter(Boolean), message(`a${ACTING}b`));
      expect(code).toBe(0);
      expect(acts(stdout)).toBe(false);
    },
  );

  it('means the same as JSON', () => {
    const text = `a${ACTING}b \u4f60\u597d \u{1f600}`;
    const { stdout } = cli(['decode', '--json', '-q'], message(text));
    expect(JSON.parse(stdout).message.privateMessage.content.text.text).toBe(text);
    expect(stdout).toContain('\u4f60\u597d \u{1f600}');
    const again = cli(['encode', '--to', 'raw'], stdout);
    expect(again.bytes.equals(Buffer.from(message(text)))).toBe(true);
  });

  it('is escaped in what is wrong with the input', () => {
    for (const args of [
      ['encode', `{"type":"SendInfo","version":1,"${ACTING.slice(0x20)}":1}`],
      ['encode', `{"type":"\u009b31m","message":{}}`],
      ['decode', '--from', 'hex', 'zz\u009b31m'],
      ['decode', 'no-such-file\u009b31m\u202e'],
    ]) {
      const { stderr, code } = cli(args);
      expect(code).not.toBe(0);
      expect(acts(stderr)).toBe(false);
    }
  });

  // The path itself is JSON, as the vectors have it: a program reads it.
  it('is escaped in the text of an error whose path quotes a key', () => {
    for (const char of ACTING) {
      const { message, path } = thrownBy(() =>
        encodeFrame('TopicMessage', { properties: new Map([[`a${char}b`, 5 as unknown as string]]) }),
      );
      expect(acts(message)).toBe(false);
      expect(JSON.parse(String(path).slice('properties['.length, -1))).toBe(`a${char}b`);
    }
  });

  it('is escaped in errors that quote a peer', () => {
    const hello = Hello.create({ versions: [1] });
    const client = stages.anonymousClient();
    client.receive(
      encodeFrame('SendInfo', {
        cmd: 8,
        data: { $case: 'error', value: { code: ERRORS.UNAUTHENTICATED.number, message: ACTING.slice(30, 117) } },
      }),
      0,
    );
    const texts = [
      checkReject(hello, Reject.create({ code: 3, message: ACTING })).message,
      thrownBy(() =>
        checkWelcome(hello, Welcome.create({ version: 1, offeredVersions: [1], versions: [1] }), { subprotocol: ACTING }),
      ).message,
      thrownBy(() => commandDigest(ACTING)).message,
      client.closeError?.message ?? '',
      thrownBy(() => encodeFrame(ACTING as 'Hello', {})).message,
    ];
    for (const text of texts) expect([acts(text), text.includes('\\u009b')]).toEqual([false, true]);
  });
});
