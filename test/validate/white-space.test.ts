// "not_blank": what white space is, by its code points.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkTopicMessage } from '../../generated/im/protocol/v1/topic_message.codec.js';
import { TopicMessageSchema } from '../../generated/im/protocol/v1/topic_message.zod.js';
import { isBlank } from '../../src/wire/rules.js';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** ECMAScript's WhiteSpace and LineTerminator. */
const WHITE_SPACE: readonly number[] = [
  ...[0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0xa0, 0x1680],
  ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
  ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff],
];

/** The code points that a text lists: `U+0009 to U+000D, U+0020`. */
function listed(text: string): number[] {
  return [...text.matchAll(/U\+([0-9A-F]{4})(?: to U\+([0-9A-F]{4}))?/g)].flatMap(([, first, last = first]) => {
    const from = Number.parseInt(first, 16);
    return Array.from({ length: Number.parseInt(last, 16) - from + 1 }, (_, i) => from + i);
  });
}

describe('white space', () => {
  it('is these code points and no others', () => {
    const found = Array.from({ length: 0x110000 }, (_, codePoint) => codePoint).filter((codePoint) =>
      isBlank(String.fromCodePoint(codePoint)),
    );
    expect(found).toEqual(WHITE_SPACE);
    expect(isBlank(String.fromCodePoint(...WHITE_SPACE))).toBe(true);
    expect(isBlank('')).toBe(false);
    expect(isBlank('\u3000a')).toBe(false);
  });

  it('is listed so in the schema and in the specification', () => {
    const schema = /White space is ([\s\S]*?)The empty/.exec(read('proto/im/options/v1/options.proto'))?.[1];
    expect(listed(schema ?? '')).toEqual(WHITE_SPACE);
    const specification = /White space is ([\s\S]*?)Nothing else/.exec(read('docs/wire-format.md'))?.[1];
    expect(listed(specification ?? '')).toEqual(WHITE_SPACE);
  });

  it('is the same in the dissector', () => {
    const ranges = /whiteSpace = \{\s*ranges = \{([^}]*)\}/.exec(read('wireshark/im-protocol.lua'))?.[1] ?? '';
    const numbers = ranges.match(/\d+/g)?.map(Number) ?? [];
    const found = numbers.flatMap((from, i) =>
      i % 2 === 0 ? Array.from({ length: numbers[i + 1] - from + 1 }, (_, step) => from + step) : [],
    );
    expect(found).toEqual(WHITE_SPACE);
  });

  it.each([...WHITE_SPACE, 0x85, 0x180e, 0x200b, 0x2060, 0x2800])(
    'check and zod judge a tag of code point %i alike',
    (codePoint) => {
      const message = {
        topic: 't',
        tag: String.fromCodePoint(codePoint),
        payload: { $case: 'raw' as const, value: new Uint8Array(1) },
      };
      const check = (checkTopicMessage(message) ?? []).map(({ rule }) => rule);
      const isControl = codePoint < 0x20 || codePoint === 0x85;
      expect(check).toEqual([...(isControl ? ['forbidden'] : []), ...(WHITE_SPACE.includes(codePoint) ? ['not_blank'] : [])]);
      expect(TopicMessageSchema.safeParse(message).error?.issues.length ?? 0).toBe(check.length);
    },
  );
});
