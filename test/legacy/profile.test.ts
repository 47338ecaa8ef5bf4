import { describe, expect, it } from 'vitest';
import {
  decodeLegacy,
  defineLegacyProfile,
  encodeLegacy,
  fromLegacyBody,
  legacyProfile,
  toLegacyBody,
} from '../../src/legacy/index.js';
import { thrownBy } from '../thrown-by.js';

const RECEIVED =
  '"receivers":[{"userId":9,"terminal":1}],"sendResult":true,"data":{"sendId":7,"recvId":9,"content":"a","type":0,"status":0}';

describe('legacyProfile', () => {
  it('box-im', () => {
    expect(legacyProfile('box-im')).toMatchObject({
      commands: { LOGIN: 0, HEARTBEAT: 1, FORCE_LOGOUT: 2, PRIVATE_MESSAGE: 3, GROUP_MESSAGE: 4, SYSTEM_MESSAGE: 5 },
      terminals: { UNSPECIFIED: -1, WEB: 0, APP: 1, PC: 2 },
      codes: { SUCCESS: 0, NOT_ONLINE: 1, CHANNEL_NOT_FOUND: 2, UNKNOWN_ERROR: 9999 },
      ids: 'number',
      tcpLengthBytes: 8,
      envelope: 'none',
    });
  });

  it.each(['none', 'object', 'text'] as const)('a fork may have a key with the name of the envelope, %s', (envelope) => {
    const fork = defineLegacyProfile({
      name: 'fork',
      base: legacyProfile('binghe'),
      envelope,
      keys: { receiveInfo: { data: 'message' } },
    });
    const inner = `{"cmd":3,${RECEIVED.replace('"data"', '"message"')}}`;
    const body = { none: inner, object: `{"message":${inner}}`, text: `{"message":${JSON.stringify(inner)}}` }[envelope];
    const read = fromLegacyBody(body, fork);
    expect(read.message).toMatchObject({ data: { $case: 'privateMessage', value: { receiverId: 9n } } });
    expect(toLegacyBody(read, fork)).toBe(body);
  });

  it('binghe: without SYSTEM_MESSAGE, with its own keys and envelope', () => {
    const binghe = legacyProfile('binghe');
    expect(binghe).toMatchObject({ commands: { SYSTEM_MESSAGE: null }, tcpLengthBytes: 4, envelope: 'object' });
    const body = `{"message":{"destination":"im_message_private_7","cmd":3,"sender":{"userId":7,"terminal":0},${RECEIVED}}}`;
    const read = fromLegacyBody(body, binghe);
    expect(read.destination).toBe('im_message_private_7');
    expect(toLegacyBody(read, binghe)).toBe(body);
  });

  it('is the same object each time, and does not change', () => {
    const profile = legacyProfile('box-im');
    expect(legacyProfile('box-im')).toBe(profile);
    expect([profile, profile.commands, profile.keys, profile.keys.user].every(Object.isFrozen)).toBe(true);
  });

  it('refuses another name', () => {
    const error = thrownBy(() => legacyProfile('toString' as 'box-im'));
    expect(error.message).toBe('[INVALID_MESSAGE] name: expected box-im or binghe, got "toString"');
  });
});

describe('defineLegacyProfile', () => {
  it('a fork with other keys', () => {
    const fork = defineLegacyProfile({
      name: 'keys',
      base: legacyProfile('binghe'),
      codes: { UNKNOWN_ERROR: 3 },
      envelope: 'text',
      keys: {
        frame: { data: 'content' },
        user: { terminal: 'deviceType' },
        receiveInfo: { sender: 'fromUser', data: 'content' },
        result: { sender: 'fromUser', data: 'content' },
      },
    });
    const text = '{"cmd":3,"content":{"sendId":7,"recvId":9,"content":"a","type":0,"status":0}}';
    expect(encodeLegacy(decodeLegacy(text, fork), fork)).toBe(text);
    const inner =
      '{"destination":"d","fromUser":{"userId":7,"deviceType":0},"receiver":{"userId":9,"deviceType":1},"code":3,"content":{"sendId":7,"recvId":9,"content":"a","type":0,"status":0}}';
    const read = fromLegacyBody(`{"message":${JSON.stringify(inner)}}`, fork);
    expect(read.message).toMatchObject({ code: 4, receivers: [{ terminal: 2, userIds: [9n] }] });
    expect(toLegacyBody(read, fork)).toBe(`{"message":${JSON.stringify(inner)}}`);
  });

  it('a fork with other numbers, a tablet and ids as strings', () => {
    const fork = defineLegacyProfile({
      name: 'numbers',
      commands: { LOGOUT: 2, FORCE_LOGOUT: 3, PRIVATE_MESSAGE: 4, GROUP_MESSAGE: 5, SYSTEM_MESSAGE: null },
      terminals: { PC: 0, APP: 1, PAD: 2, WEB: 3 },
      codes: { UNKNOWN_ERROR: -1 },
      contentTypes: { TEXT: 1, IMAGE: 0 },
      keys: { frame: { cmd: 'systemInfo' }, user: { terminal: 'terminalType' } },
      ids: 'string',
    });
    const text = '{"systemInfo":4,"data":{"id":"9007199254740993","sendId":"7","recvId":"9","content":"a","type":1,"status":0}}';
    const frame = decodeLegacy(text, fork);
    expect(frame.message.data).toMatchObject({
      value: { content: { messageId: 9_007_199_254_740_993n, body: { $case: 'text' } } },
    });
    expect(encodeLegacy(frame, fork)).toBe(text);
    expect(decodeLegacy('{"systemInfo":2,"data":null}', fork).message.cmd).toBe(23);
    // Of box-im, it is a message without a command.
    expect(thrownBy(() => decodeLegacy(text, legacyProfile('box-im'))).message).toBe('[INVALID_MESSAGE] cmd: missing');
  });

  it('a type that a fork does not have is a text', () => {
    const fork = defineLegacyProfile({ name: 'texts', contentTypes: { IMAGE: null } });
    const message = (fallback: string) => ({
      cmd: 4,
      data: {
        $case: 'privateMessage' as const,
        value: {
          sender: { userId: 7n, terminal: 1 },
          receiverId: 9n,
          content: { fallback, body: { $case: 'image', value: { url: 'u' } } },
        },
      },
    });
    const written = (fallback: string) => encodeLegacy({ type: 'SendInfo', message: message(fallback) }, fork);
    expect(written('[Picture]')).toBe('{"cmd":3,"data":{"sendId":7,"recvId":9,"content":"[Picture]","type":0,"status":0}}');
    expect(written('')).toBeUndefined();
  });

  const invalid: [name: string, init: object, issues: string[]][] = [
    ['no name', {}, ['name: expected 1 to 64 characters of printable ASCII']],
    ['a name with a space', { name: 'a b' }, ['name: expected 1 to 64 characters of printable ASCII']],
    ['a name of 65 characters', { name: 'a'.repeat(65) }, ['name: expected 1 to 64 characters of printable ASCII']],
    ['an unknown field', { name: 'a', comands: {} }, ['comands: no field of a profile']],
    [
      'an unknown command',
      { name: 'a', commands: { CALL: 9 } },
      ['commands.CALL: expected one of LOGIN, HEARTBEAT, FORCE_LOGOUT, PRIVATE_MESSAGE, GROUP_MESSAGE, SYSTEM_MESSAGE, LOGOUT'],
    ],
    [
      'a number twice',
      { name: 'a', commands: { PRIVATE_MESSAGE: 4 } },
      ['commands.GROUP_MESSAGE: got 4, which PRIVATE_MESSAGE has already'],
    ],
    [
      'a command that each system has',
      { name: 'a', commands: { LOGIN: null } },
      ['commands.LOGIN: every system needs a number for it'],
    ],
    [
      'a number that is no integer',
      { name: 'a', terminals: { WEB: 0.5 } },
      ['terminals.WEB: expected an integer from -2147483647 to 2147483647'],
    ],
    [
      'a number below the range',
      { name: 'a', codes: { SUCCESS: -2_147_483_648 } },
      ['codes.SUCCESS: expected an integer from -2147483647 to 2147483647'],
    ],
    ['a length of 2 bytes', { name: 'a', tcpLengthBytes: 2 }, ['tcpLengthBytes: expected 4 or 8']],
    ['an unknown form of ids', { name: 'a', ids: 'bigint' }, ['ids: expected number or string']],
    ['an unknown envelope', { name: 'a', envelope: 'xml' }, ['envelope: expected none or object or text']],
    ['a limit of 1023', { name: 'a', maxFrameBytes: 1023 }, ['maxFrameBytes: expected an integer from 1024 to 16777216']],
    [
      'a limit of 16777217',
      { name: 'a', maxFrameBytes: 16_777_217 },
      ['maxFrameBytes: expected an integer from 1024 to 16777216'],
    ],
    ['a base that is no profile', { name: 'a', base: { name: 'b' } }, ['base: expected a profile of defineLegacyProfile']],
    ['a key twice', { name: 'a', keys: { user: { id: 'terminal' } } }, ['keys.user.terminal: the key of id has the same name']],
    ['a key without a name', { name: 'a', keys: { user: { id: '' } } }, ['keys.user.id: expected the name of a key']],
    [
      '__proto__ as key',
      { name: 'a', keys: { message: { tmpId: '__proto__' } } },
      ['keys.message.tmpId: expected the name of a key'],
    ],
    [
      'a key that each system has',
      { name: 'a', keys: { frame: { cmd: null } } },
      ['keys.frame.cmd: every system needs a key for it'],
    ],
    ['an unknown key', { name: 'a', keys: { user: { uid: 'x' } } }, ['keys.user.uid: expected one of id, terminal']],
    [
      'several at once',
      { name: '', ids: 1, keys: [] },
      ['name: expected 1 to 64 characters of printable ASCII', 'ids: expected number or string', 'keys: expected an object'],
    ],
  ];

  it.each(invalid)('refuses %s', (_name, init, issues) => {
    const error = thrownBy(() => defineLegacyProfile(init as Parameters<typeof defineLegacyProfile>[0]));
    expect(error.code).toBe('INVALID_MESSAGE');
    expect(error.issues?.map(({ path, message }) => `${path}: ${message}`)).toEqual(issues);
  });

  it.each([1024, 16_777_216])('accepts a limit of %d', (maxFrameBytes) => {
    expect(defineLegacyProfile({ name: 'a', maxFrameBytes }).maxFrameBytes).toBe(maxFrameBytes);
  });
});
