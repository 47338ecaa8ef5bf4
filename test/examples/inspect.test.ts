// The decoder of byte ranges behind the page of `npm run demo:web`.
import { describe, expect, it } from 'vitest';
import { inspectFrame, type Part } from '../../examples/chat/web/page/frames/inspect.js';
import { bytesOf, FRAME_FILES, vectorsOf } from '../vectors/load.js';

/** Each part with its bytes, nested ones indented. */
function outline(hex: string): string[] {
  const bytes = bytesOf(hex.replace(/\s/g, ''));
  const lines = (parts: readonly Part[], indent: string): string[] =>
    parts.flatMap(({ name, value, start, end, parts }) => [
      `${indent}${Buffer.from(bytes.subarray(start, end)).toString('hex')} ${name}: ${value}`,
      ...lines(parts, `${indent}  `),
    ]);
  return lines(inspectFrame(bytes), '');
}

it('tells which bytes say what', () => {
  const message = '0000002201070000 0804 1003 7218 0a0408011001 1002 520e 12026331 5208 0a06e4bda0e5a5bd';
  expect(outline(message)).toEqual([
    '00000022 length: 34 bytes follow',
    '01 version: 1',
    '07 type: 7 = SendInfo',
    '0000 flags: none',
    '0804 cmd: 4 = PRIVATE_MESSAGE',
    '1003 sequence: 3',
    '72180a04080110011002520e1202633152080a06e4bda0e5a5bd privateMessage: 24 bytes',
    '  0a0408011001 sender: 4 bytes',
    '    0801 userId: 1',
    '    1001 terminal: 1 = WEB',
    '  1002 receiverId: 2',
    '  520e1202633152080a06e4bda0e5a5bd content: 14 bytes',
    '    12026331 clientMessageId: "c1"',
    '    52080a06e4bda0e5a5bd text: 8 bytes',
    '      0a06e4bda0e5a5bd text: "你好"',
  ]);
});

it('says nothing of a secret, but where it is', () => {
  const login = '0000000f01070000 0801 1001 5205 0a03616263';
  expect(outline(login).slice(-2)).toEqual(['52050a03616263 login: 5 bytes', '  0a03616263 accessToken: [redacted]']);
  const [secret] = inspectFrame(bytesOf(login.replace(/\s/g, ''))).at(-1)!.parts;
  expect(secret).toMatchObject({ secretFrom: 16, end: 19 });
});

it('shows lists, packed or not, maps, and fields that it does not know', () => {
  const hello = '0000001900400000 0a020102 12027a2e 2a0808e8071501000000 98060a';
  expect(outline(hello).slice(2)).toEqual([
    '40 type: 64 = Hello',
    '0000 flags: none',
    '0a020102 versions: 1, 2',
    '12027a2e features[0]: "z."',
    '2a0808e8071501000000 commandDigests: 8 bytes',
    '  08e807 key: 1000',
    '  1501000000 value: 1',
    '98060a field 99: 10',
  ]);
});

describe('of every frame of the vectors that can be read, the parts are in order, without a gap', () => {
  const frames = FRAME_FILES.flatMap((file) => vectorsOf(file).filter(({ frame }) => frame !== undefined));

  it.each(frames)('$name', ({ hex }) => {
    const bytes = bytesOf(hex);
    const parts = inspectFrame(bytes);
    expectInside(parts, 0, bytes.length);
    expect(parts[0].start).toBe(0);
  });

  function expectInside(parts: readonly Part[], from: number, to: number): void {
    let at = parts[0]?.start ?? to;
    expect(at).toBeGreaterThanOrEqual(from);
    for (const part of parts) {
      expect(part.start).toBe(at);
      expectInside(part.parts, part.start + 1, part.end);
      at = part.end;
    }
    expect(at).toBe(to);
  }
});
