import { describe, expect, it } from 'vitest';
import { decodeLegacy, defineLegacyProfile, fromLegacyBody, legacyProfile } from '../../src/legacy/index.js';
import { thrownBy } from '../thrown-by.js';

const BOX = legacyProfile('box-im');
const message = (more: string): string => `{"cmd":3,"data":{"sendId":7,"recvId":9,"type":0,"content":"a"${more}}}`;

/** What is refused, with its whole error. */
const REFUSED: [name: string, text: string, code: string, error: string][] = [
  ['an empty text', '', 'INVALID_MESSAGE', 'no JSON that can be read: the end of the text at character 0'],
  ['half a text', '{"cmd":3,', 'INVALID_MESSAGE', 'no JSON that can be read: the end of the text at character 9'],
  ['two values', '{}{}', 'INVALID_MESSAGE', 'no JSON that can be read: a { at character 2'],
  ['a list', '[]', 'INVALID_MESSAGE', 'expected a JSON object'],
  ['null', 'null', 'INVALID_MESSAGE', 'expected a JSON object'],
  ['no command', '{"data":null}', 'INVALID_MESSAGE', 'cmd: missing'],
  ['a command that is no integer', '{"cmd":1.5,"data":null}', 'INVALID_MESSAGE', 'cmd: expected an integer'],
  ['a command beyond 2^53', '{"cmd":9007199254740993,"data":null}', 'INVALID_MESSAGE', 'cmd: expected an integer'],
  [
    'a key twice',
    '{"cmd":1,"cmd":0,"data":null}',
    'INVALID_MESSAGE',
    'no JSON that can be read: a key that the object has already at character 9',
  ],
  [
    'a key twice, once escaped',
    '{"cmd":1,"data":{"a":1,"\\u0061":2}}',
    'INVALID_MESSAGE',
    'no JSON that can be read: a key that the object has already at character 23',
  ],
  ['__proto__', message(',"__proto__":{"type":10}'), 'INVALID_MESSAGE', 'data: the key __proto__ is not allowed'],
  ['__proto__, escaped', message(',"\\u005f_proto__":1'), 'INVALID_MESSAGE', 'data: the key __proto__ is not allowed'],
  ['__proto__ deep inside', message(',"x":[{"__proto__":1}]'), 'INVALID_MESSAGE', 'data.x[0]: the key __proto__ is not allowed'],
  ['a lone surrogate, escaped', message(',"x":"\\ud83d"'), 'INVALID_MESSAGE', 'data.x: lone surrogate'],
  ['a lone surrogate', message(',"x":"\ud83d"'), 'INVALID_MESSAGE', 'data.x: lone surrogate'],
  ['a lone surrogate in a key', message(',"\\udc00":1'), 'INVALID_MESSAGE', 'data: lone surrogate in a key'],
  [
    'a number beyond a double',
    message(',"x":1e309'),
    'INVALID_MESSAGE',
    'no JSON that can be read: a number beyond the largest double at character 66',
  ],
  ['an id of 0 as receiver', '{"cmd":3,"data":{"sendId":7,"recvId":0,"type":0}}', 'INVALID_MESSAGE', 'data.recvId: missing'],
  ['no receiver', '{"cmd":3,"data":{"sendId":7,"type":0}}', 'INVALID_MESSAGE', 'data.recvId: missing'],
  ['no group', '{"cmd":4,"data":{"sendId":7,"type":0}}', 'INVALID_MESSAGE', 'data.groupId: missing'],
  ['no type', '{"cmd":3,"data":{"sendId":7,"recvId":9}}', 'INVALID_MESSAGE', 'data.type: missing'],
  ['a type that is a text', '{"cmd":5,"data":{"type":"x"}}', 'INVALID_MESSAGE', 'data.type: expected an integer'],
  ...['-1', '1.5', '"abc"', '{}', '9223372036854775808', '"92233720368547758080"', 'true'].map(
    (id): [string, string, string, string] => [
      `a sender ${id}`,
      `{"cmd":3,"data":{"sendId":${id},"recvId":9,"type":0}}`,
      'INVALID_MESSAGE',
      'data.sendId: expected an id from 1 to 9223372036854775807',
    ],
  ),
];

describe('hostile and broken JSON', () => {
  it.each(REFUSED)('%s is refused', (_name, text, code, error) => {
    expect(thrownBy(() => decodeLegacy(text, BOX))).toMatchObject({ code, message: `[${code}] ${error}` });
  });

  it('an error has the byte of malformed JSON', () => {
    expect(thrownBy(() => decodeLegacy('{"cmd":3,"你好":}', BOX))).toMatchObject({ offset: 18, path: '' });
  });

  it('nesting of 203 levels is read, 204 are refused', () => {
    // The frame and its data are two.
    const nested = (levels: number): string => message(`,"x":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}`);
    for (const levels of [202, 203]) expect(decodeLegacy(nested(levels), BOX).message.data?.$case).toBe('privateMessage');
    expect(thrownBy(() => decodeLegacy(nested(204), BOX)).message).toContain('JSON nested deeper than 203 levels');
    expect(thrownBy(() => decodeLegacy(message(`,"x":${'['.repeat(30_000)}`), BOX)).code).toBe('INVALID_MESSAGE');
  });

  it('a text of 65536 bytes is read, one byte more is refused before it is parsed', () => {
    const sized = (bytes: number): string => {
      const text = message(`,"x":"${'é'.repeat(100)}"`);
      return `${text}${' '.repeat(bytes - new TextEncoder().encode(text).length)}`;
    };
    for (const bytes of [65_535, 65_536]) expect(decodeLegacy(sized(bytes), BOX).message.cmd).toBe(4);
    expect(thrownBy(() => decodeLegacy(sized(65_537), BOX))).toMatchObject({
      code: 'FRAME_TOO_LARGE',
      message: '[FRAME_TOO_LARGE] got 65537 bytes of JSON, limit 65536',
      limit: 65_536,
      actual: 65_537,
    });
    expect(thrownBy(() => decodeLegacy('['.repeat(65_537), BOX)).message).toBe(
      '[FRAME_TOO_LARGE] got at least 65537 bytes of JSON, limit 65536',
    );
    expect(decodeLegacy(sized(65_537), BOX, { maxBytes: 65_537 }).message.cmd).toBe(4);
  });

  it('a text in a field is read up to the limit of the field, and carried above it', () => {
    const url = (bytes: number): string => `"${JSON.stringify({ originUrl: 'u'.repeat(bytes) }).replaceAll('"', '\\"')}"`;
    const body = (bytes: number): string | undefined => {
      const { data } = decodeLegacy(`{"cmd":3,"data":{"sendId":7,"recvId":9,"type":1,"content":${url(bytes)}}}`, BOX).message;
      return data?.$case === 'privateMessage' ? data.value.content?.body?.$case : undefined;
    };
    expect([2047, 2048, 2049].map(body)).toEqual(['image', 'image', 'custom']);
  });

  it('a fallback is the start of the content, at most 1024 bytes, and never half a character', () => {
    const fallback = (content: string): string | undefined => {
      const { data } = decodeLegacy(JSON.stringify({ cmd: 3, data: { sendId: 7, recvId: 9, type: 4, content } }), BOX).message;
      return data?.$case === 'privateMessage' ? data.value.content?.fallback : undefined;
    };
    for (const length of [1023, 1024]) expect(fallback('a'.repeat(length))).toBe('a'.repeat(length));
    expect(fallback('a'.repeat(1025))).toHaveLength(1024);
    for (let i = 0; i < 5; i++) expect(fallback(`${'a'.repeat(i)}${'𝄞'.repeat(600)}`)).toMatch(/^a*(\ud834\udd1e){200,}$/);
  });
});

describe('LOGIN', () => {
  const refused: [name: string, text: string, error: string][] = [
    ['no token', '{"cmd":0,"data":{"devId":1}}', 'data.accessToken: missing'],
    ['a token that is no text', '{"cmd":0,"data":{"accessToken":1}}', 'data.accessToken: expected a string'],
    ['another key', '{"cmd":0,"data":{"accessToken":"t","terminalType":1}}', 'data: a LOGIN of this profile has no other keys'],
    ['another key beside data', '{"cmd":0,"data":{"accessToken":"t"},"sign":1}', 'a LOGIN of this profile has no other keys'],
    ['a command as text', '{"cmd":"0","data":{"accessToken":"t"}}', 'cmd: expected a number'],
    ['data that is a text', '{"cmd":0,"data":"t"}', 'data: expected an object'],
    [
      'a device that is an object',
      '{"cmd":0,"data":{"accessToken":"t","devId":{}}}',
      'data.devId: expected a string or an integer',
    ],
  ];

  it.each(refused)('%s is refused', (_name, text, error) => {
    expect(thrownBy(() => decodeLegacy(text, BOX)).message).toBe(`[INVALID_MESSAGE] ${error}`);
  });

  it('an error never shows the token', () => {
    const error = thrownBy(() => decodeLegacy('{"cmd":0,"data":{"accessToken":"top secret"}}', BOX));
    expect(error.code).toBe('INVALID_MESSAGE');
    expect(JSON.stringify([error.message, error.issues])).not.toContain('secret');
  });

  it('what is carried of a LOGIN has no token in it', () => {
    const { message } = decodeLegacy('{"cmd":0,"data":{"accessToken":"topsecret","devId":123456}}', BOX);
    const [carried] = Object.getOwnPropertySymbols(message).map((key) => (message as unknown as Record<symbol, Uint8Array>)[key]);
    expect(new TextDecoder().decode(carried)).toContain('{"devId":123456}');
    expect(new TextDecoder().decode(carried)).not.toContain('topsecret');
  });

  it('a client of a renumbering fork is found out, whichever of its commands comes first', () => {
    const fork = defineLegacyProfile({
      name: 'renumbered',
      commands: { LOGIN: 3, HEARTBEAT: 4, FORCE_LOGOUT: 5, PRIVATE_MESSAGE: 0, GROUP_MESSAGE: 1, SYSTEM_MESSAGE: 2 },
    });
    const login = '{"cmd":3,"data":{"accessToken":"t","devId":"a"}}';
    expect(decodeLegacy(login, fork).message.data).toMatchObject({ $case: 'login', value: { accessToken: 't', deviceId: 'a' } });
    expect(thrownBy(() => decodeLegacy(login, BOX)).message).toBe('[INVALID_MESSAGE] data.recvId: missing');
    const old = '{"cmd":0,"data":{"accessToken":"t"}}';
    expect(thrownBy(() => decodeLegacy(old, fork)).message).toBe('[INVALID_MESSAGE] data.recvId: missing');
  });
});

describe('bodies between services', () => {
  const refused: [name: string, text: string, error: string][] = [
    ['no receivers', '{"cmd":3,"data":{}}', 'receivers: expected an array'],
    ['a receiver without an id', '{"cmd":3,"receivers":[{"terminal":0}],"data":{}}', 'receivers[0].id: missing'],
    [
      'a receiver on no terminal',
      '{"cmd":3,"receivers":[{"id":7,"terminal":0},{"id":7,"terminal":-1}],"data":{}}',
      'receivers[1].terminal: expected a terminal of the profile',
    ],
    [
      'a negative id',
      '{"cmd":3,"receivers":[{"id":-7,"terminal":0}],"data":{}}',
      'receivers[0].id: expected an id from 1 to 9223372036854775807',
    ],
    ['no object in the envelope', '{"message":"[]"}', 'message: expected an object, or an object as JSON text'],
    ['more in the envelope', '{"message":{},"x":1}', 'an envelope has no other key than message'],
  ];

  it.each(refused)('%s is refused', (_name, text, error) => {
    expect(thrownBy(() => fromLegacyBody(text, BOX)).message).toBe(`[INVALID_MESSAGE] ${error}`);
  });

  it('bytes that are not UTF-8, and bodies above the limit', () => {
    expect(thrownBy(() => fromLegacyBody(Uint8Array.of(0x7b, 0xff, 0x7d), BOX))).toMatchObject({
      code: 'INVALID_MESSAGE',
      message: '[INVALID_MESSAGE] expected UTF-8: invalid UTF-8',
      offset: 0,
    });
    const bytes = new TextEncoder().encode('{"userId":9,"terminal":0}');
    for (const maxBytes of [25, 26]) expect(fromLegacyBody(bytes, BOX, { maxBytes }).type).toBe('ReceiveInfo');
    expect(thrownBy(() => fromLegacyBody(bytes, BOX, { maxBytes: 24 })).code).toBe('FRAME_TOO_LARGE');
  });
});
