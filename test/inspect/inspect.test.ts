// What an inspection shows, by bytes that one can read.
import { describe, expect, it } from 'vitest';
import { UserInfo } from '../../src/index.js';
import { inspect, leaves } from '../../src/inspect/index.js';
import { createDeflate } from '../../src/node/deflate.js';
import { gaps, hex, outline } from './outline.js';

/** The outline of the fields: without the lines of frame, header and payload, and not indented. */
function fields(text: string, options = {}): string[] {
  const lines = outline(inspect(hex(text), options));
  return lines.filter((line) => /^ {4}/.test(line)).map((line) => line.slice(4));
}

/** All that is wrong. */
function problems(text: string, options = {}): string[] {
  return inspect(hex(text), options).problems.map(({ message }) => message);
}

describe('a frame', () => {
  it('is shown down to tags, lengths and values', () => {
    expect(outline(inspect(hex('0000000d 01 07 0000  0802 1001 6203 08e807')))).toEqual([
      '0000000d0107000008021001620308e807 frame: SendInfo, HEARTBEAT, 17 bytes',
      '  0000000d header length: 13 bytes follow',
      '  01 header version: 1',
      '  07 header type: 7 = SendInfo',
      '  0000 header flags: none',
      '  08021001620308e807 payload SendInfo: 9 bytes',
      '    0802 field cmd: 2 = HEARTBEAT',
      '      08 tag: field 1, varint',
      '      02 value: 2 = HEARTBEAT',
      '    1001 field sequence: 1',
      '      10 tag: field 2, varint',
      '      01 value: 1',
      '    620308e807 field heartbeat: 3 bytes',
      '      62 tag: field 12, length-delimited',
      '      03 length: 3 bytes',
      '      08e807 field sentAtMs: 1000 = 1970-01-01T00:00:01.000Z',
      '        08 tag: field 1, varint',
      '        e807 value: 1000 = 1970-01-01T00:00:01.000Z',
    ]);
  });

  it('has types, paths and values for programs', () => {
    const { parts } = inspect(hex('0000000d 01 07 0000  0802 1001 6203 08e807'));
    const [cmd, , heartbeat] = parts[0].parts[4].parts;
    expect(cmd).toMatchObject({ path: 'cmd', type: 'im.protocol.v1.Command', value: 2, start: 8, end: 10 });
    expect(heartbeat).toMatchObject({ path: 'heartbeat', type: 'im.protocol.v1.HeartbeatInfo', value: undefined });
    expect(heartbeat.parts[2]).toMatchObject({ path: 'heartbeat.sentAtMs', type: 'int64', value: 1000n, start: 14, end: 17 });
  });

  it('shows lists, maps, and fields that are not in the schema', () => {
    const hello = '00000019 00 40 0000  0a020102 12027a2e 2a0808e8071501000000 98060a';
    expect(fields(hello).filter((line) => !/tag|length:/.test(line))).toEqual([
      '0a020102 field versions: 2 bytes',
      '  01 value versions[0]: 1',
      '  02 value versions[1]: 2',
      '12027a2e field features[0]: "z."',
      '  7a2e value: "z."',
      '2a0808e8071501000000 field commandDigests: 8 bytes',
      '  08e807 field key: 1000',
      '    e807 value: 1000',
      '  1501000000 field value: 1',
      '    01000000 value: 1',
      '98060a field field 99: 10',
      '  0a value: 10',
    ]);
  });

  it('shows what is unknown by field numbers, groups too', () => {
    expect(fields('0000000b 01 82 0000  0807 13 1801 14')).toEqual([
      '0807 field field 1: 7',
      '  08 tag: field 1, varint',
      '  07 value: 7',
      '13180114 field field 2: 3 bytes',
      '  13 tag: field 2, start group',
      '  1801 field field 3: 1',
      '    18 tag: field 3, varint',
      '    01 value: 1',
      '  14 tag: end of group 2',
    ]);
    // No protobuf: it stays one leaf.
    expect(fields('00000006 01 82 0000  ffff')).toEqual([]);
  });

  it('knows the message of an application type that it was given', () => {
    const frame = '00000006 01 82 0000  0807';
    expect(problems(frame)).toEqual(['[UNSUPPORTED_TYPE] type 130 at byte 5, which is unknown']);
    const payloads = new Map([[130, UserInfo]]);
    expect(problems(frame, { payloads })).toEqual([]);
    expect(fields(frame, { payloads })[0]).toBe('0807 field userId: 7');
  });

  it('goes into an Any whose type it was given, at any depth', () => {
    const name = Buffer.from('x/im.protocol.v1.UserInfo').toString('hex');
    const any = `0a19${name} 1202 0809`;
    const frame = `00000029 01 07 0000  08e807 a2061f ${any}`;
    expect(fields(frame).at(-1)).toBe('    0809 value: [redacted] (secret)');
    expect(fields(frame, { secrets: true }).at(-1)).toBe('    0809 value: 2 bytes');
    expect(fields(frame, { types: [UserInfo] }).slice(-4)).toEqual([
      '    0809 value: im.protocol.v1.UserInfo',
      '      0809 field userId: 9',
      '        08 tag: field 1, varint',
      '        09 value: 9',
    ]);
  });
});

describe('a secret', () => {
  const login = '0000000f 01 07 0000  0801 1001 5205 0a03616263';

  it('is not shown, but where it is', () => {
    expect(fields(login).slice(-3)).toEqual([
      '    0a tag: field 1, length-delimited',
      '    03 length: 3 bytes',
      '    616263 value: [redacted] (secret)',
    ]);
    const text = JSON.stringify(inspect(hex(login)).parts, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    expect(text).not.toContain('abc');
  });

  it('is shown to who asks for it', () => {
    expect(fields(login, { secrets: true }).at(-1)).toBe('    616263 value: "abc"');
  });

  it('is hidden if it is cut off, of another type, or after an error', () => {
    const secret = (text: string): string[] =>
      [...leaves(inspect(hex(text)))].filter((part) => part.secret).map(({ text }) => text);
    // The token ends behind the bytes.
    expect(secret('0000000f 01 07 0000  0801 1001 5205 0a036162')).toEqual(['2 bytes: the rest of 3 bytes is missing']);
    // The token is a number, and behind it a tag that cannot be read.
    expect(secret('00000011 01 07 0000  0801 1001 5207 08cd0a ffffffff')).toEqual(['[redacted]', '4 bytes: cannot be read']);
  });

  it('is hidden in what is compressed, unless that holds none', () => {
    const deflate = createDeflate();
    const frame = (payload: string): Uint8Array => {
      const bytes = deflate.deflate(hex(payload));
      return Buffer.concat([hex('000000'), Uint8Array.of(bytes.length + 4), hex('01070001'), bytes]);
    };
    const payloadOf = (bytes: Uint8Array) => inspect(bytes, { deflate }).parts[0].parts[4];
    expect(payloadOf(frame('0801 1001 5205 0a03616263')).secret).toBe(true);
    expect(payloadOf(frame('0802 1001 6203 08e807')).secret).toBe(false);
    const inflated = payloadOf(frame('0802 1001 6203 08e807')).inflated!;
    expect(gaps(inflated)).toEqual([]);
    expect(outline(inflated).at(-1)).toBe('    e807 value: 1000 = 1970-01-01T00:00:01.000Z');
    // Nothing to inflate it with.
    expect(inspect(frame('0802 1001 6203 08e807')).problems[0].code).toBe('NOT_NEGOTIATED');
    expect(inspect(frame('0802 1001 6203 08e807')).parts[0].parts[4].secret).toBe(true);
  });
});

describe('after an error it goes on', () => {
  it('after a field of another wire type, and after a length that exceeds the end', () => {
    expect(problems('00000012 01 03 0000  0d01000000 1001 0880 10 02ffff00')).toEqual([
      '[MALFORMED_PAYLOAD] UserInfo.userId: wrong wire type: got 32-bit for field 1, at byte 8',
      '[MALFORMED_PAYLOAD] UserInfo: field number 0, at byte 18',
      '[MALFORMED_PAYLOAD] UserInfo: length 16383, but its parent ends after 0 bytes, at byte 19',
    ]);
  });

  it('after bytes that are not a frame, with the next frame', () => {
    const { parts } = inspect(hex('474554202f0d0a  00000008 01 03 0000 0801 1001  0000'));
    expect(parts.map(({ kind, start, end, problems }) => [kind, start, end, problems[0]?.code])).toEqual([
      ['foreign', 0, 7, 'FOREIGN_PROTOCOL'],
      ['frame', 7, 19, undefined],
      ['frame', 19, 21, 'TRUNCATED'],
    ]);
  });

  it('in a header: version, type and flags are reported together', () => {
    expect(problems('00000004 09 63 0040')).toEqual([
      '[UNSUPPORTED_VERSION] version 9 at byte 4, expected 1 to 2',
      '[UNSUPPORTED_FLAGS] flag bits 0x0040 at byte 6, which are unknown',
    ]);
  });

  it('with the rules of the schema, each at its field, and where a field is missing at the message', () => {
    const inspection = inspect(hex('00000010 01 07 0000  0804 1003 1805 7204 10001000'));
    const found = inspection.problems.map(({ code, rule, path }) => `${code} ${rule} ${path}`);
    expect(found).toEqual([
      'INVALID_MESSAGE required privateMessage.sender',
      'INVALID_MESSAGE min privateMessage.receiverId',
      'INVALID_MESSAGE required privateMessage.content',
      'INVALID_MESSAGE at_most_one ',
    ]);
    const at = (part: string): string[] =>
      inspection.parts[0].parts[4].parts
        .flatMap((field) => [field, ...field.parts])
        .filter(({ path }) => path === part)
        .flatMap(({ problems }) => problems.map(({ message }) => message));
    expect(at('privateMessage.receiverId')).toEqual(['[INVALID_MESSAGE] privateMessage.receiverId: got 0, at least 1']);
  });

  it('with the data of another command, reported at the data', () => {
    const { parts } = inspect(hex('00000009 01 07 0000  0801 1001 6200'));
    expect(parts[0].parts[4].parts[2].problems.map(({ code }) => code)).toEqual([]);
    expect(inspect(hex('0000000a 01 07 0000  0801 1001 6200')).parts[0].parts[4].parts[2].problems[0]).toMatchObject({
      code: 'COMMAND_DATA_MISMATCH',
      path: 'data',
      offset: 12,
    });
  });
});

describe('hostile bytes', () => {
  it('nested too deep are marked where that begins', () => {
    // A group in a group, 120 times.
    const groups = '1b'.repeat(120) + '1c'.repeat(120);
    const deep = inspect(hex(`000000f6 01 03 0000 0807 ${groups}`));
    expect(gaps(deep)).toEqual([]);
    expect(deep.problems[0].message).toBe('[MALFORMED_PAYLOAD] UserInfo: nested deeper than 100, at byte 110');
  });

  it('take no more parts than there may be', () => {
    const zeros = inspect(new Uint8Array(1_000_000), { maxParts: 1000 });
    expect([...leaves(zeros)].length).toBeLessThan(1100);
    const list = hex(`000f4249 01 40 0000 0a bf843d ${'01'.repeat(1_000_000 - 1)}`);
    const packed = inspect(list, { maxParts: 1000 });
    expect(gaps(packed)).toEqual([]);
    expect([...leaves(packed)].at(-1)).toMatchObject({ kind: 'unread' });
  });

  it('cannot steer a terminal or turn text around', () => {
    // ESC, U+009B, U+202E in a text.
    const text = fields('00000013 01 01 0000  0a0d 1b5b326a c29b e280ae 61626364').at(-1);
    const shown = fields('0000000f 01 06 0000  320b 1b5b326a c29b e280ae 6162').join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(`${text}${shown}`)).toBe(false);
  });

  it('of any Uint8Array are accepted, and nothing else', () => {
    expect(inspect(Buffer.from('00000004', 'hex')).parts).toHaveLength(1);
    expect(() => inspect('00' as never)).toThrow(new TypeError('inspect: expected a Uint8Array'));
    expect(inspect(new Uint8Array(0))).toEqual({ bytes: new Uint8Array(0), parts: [], problems: [] });
  });
});
