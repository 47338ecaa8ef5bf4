import { describe, expect, expectTypeOf, test } from 'vitest';
import * as models from '../../generated/models.js';
import { Command, SendInfo, Terminal, type UserInfo } from '../../generated/models.js';
import { fromJSON, type ModelName, parseJson, toJSON } from '../../src/json/index.js';
import { AllTypes, Timestamp } from '../fixtures/generated/models.js';
import { thrownBy } from '../thrown-by.js';
import { protocol } from './descriptors.js';

const message = {
  cmd: Command.PRIVATE_MESSAGE,
  sequence: 7,
  data: {
    $case: 'privateMessage',
    value: {
      sender: { userId: 9007199254740993n, terminal: Terminal.APP },
      receiverId: 2n ** 63n - 1n,
      receiverTerminals: [Terminal.WEB, 19],
      content: {
        messageId: 0n,
        clientMessageId: 'c-1',
        body: {
          $case: 'image',
          value: { url: 'https://x/1.png', sizeBytes: 5n, width: 640, sha256: new Uint8Array(32).fill(0xff) },
        },
      },
    },
  },
} as const;

const json = {
  cmd: 'COMMAND_PRIVATE_MESSAGE',
  sequence: 7,
  privateMessage: {
    sender: { userId: '9007199254740993', terminal: 'TERMINAL_APP' },
    receiverId: '9223372036854775807',
    receiverTerminals: ['TERMINAL_WEB', 19],
    content: {
      clientMessageId: 'c-1',
      image: { url: 'https://x/1.png', sizeBytes: '5', width: 640, sha256: '//////////////////////////////////////////8=' },
    },
  },
};

describe('toJSON', () => {
  test('writes a message of the protocol', () => {
    expect(toJSON('SendInfo', message)).toEqual(json);
  });

  test('writes a map with numbers for keys', () => {
    expect(toJSON('Hello', { versions: [1], commandDigests: new Map([[4, 0xdddfda6e]]) })).toEqual({
      versions: [1],
      commandDigests: { 4: 3722435182 },
    });
  });

  test('tells all issues with their paths', () => {
    const bad = { cmd: 1, data: { $case: 'login', value: { accessToken: 5, deviceId: '\ud800' } } };
    const error = thrownBy(() => toJSON('SendInfo', bad as never));
    expect(error.message).toBe(
      '[INVALID_MESSAGE] SendInfo breaks 2 rules: login.accessToken: expected string, got number; login.deviceId: character 0 is a lone surrogate',
    );
    expect(error.issues).toHaveLength(2);
  });
});

describe('fromJSON', () => {
  test('reads a message of the protocol, whole', () => {
    expect(fromJSON('SendInfo', JSON.parse(JSON.stringify(json)))).toEqual(SendInfo.create(message));
  });

  test('reads names of the schema, numbers of enums and integers as JSON text has them', () => {
    const text = '{"cmd": 4, "reply_to": 3, "private_message": {"receiver_id": 9223372036854775807, "skip_self": true}}';
    const { cmd, replyTo, data } = fromJSON('SendInfo', parseJson(text));
    expect([cmd, replyTo]).toEqual([4, 3]);
    expect(data).toMatchObject({ $case: 'privateMessage', value: { receiverId: 2n ** 63n - 1n, skipSelf: true } });
  });

  test.each<[unknown, string]>([
    [{ login: { accesToken: 'x' } }, 'SendInfo breaks 1 rule: login.accesToken: no field of im.protocol.v1.LoginInfo'],
    [{ login: {}, heartbeat: {} }, 'SendInfo breaks 1 rule: data: got login and heartbeat, at most one is allowed'],
    [{ replyTo: 1, reply_to: 1 }, 'SendInfo breaks 1 rule: replyTo: given twice, as replyTo and as reply_to'],
    [{ cmd: 'LOGIN' }, 'SendInfo breaks 1 rule: cmd: got "LOGIN", no value of im.protocol.v1.Command'],
    [
      { groupMessage: { receiverIds: ['1', 2, 2 ** 53] } },
      'SendInfo breaks 1 rule: groupMessage.receiverIds[2]: got 9007199254740992 as a number, which may have been rounded beyond 2^53: give a string or a bigint',
    ],
    [{ data: {} }, 'SendInfo breaks 1 rule: data: no field of im.protocol.v1.SendInfo'],
  ])('%j is refused', (value, error) => {
    const thrown = thrownBy(() => fromJSON('SendInfo', value));
    expect(thrown.code).toBe('INVALID_MESSAGE');
    expect(thrown.message).toBe(`[INVALID_MESSAGE] ${error}`);
  });

  test('does not check the rules of the schema', () => {
    expect(fromJSON('LoginInfo', {})).toEqual({
      accessToken: '',
      deviceId: '',
      terminal: 0,
      client: undefined,
      push: undefined,
      appId: '',
    });
  });
});

describe('names', () => {
  test('are those of all messages of the schema', () => {
    const declared = [...protocol].filter((desc) => desc.kind === 'message' && desc.typeName.startsWith('im.protocol.v1.'));
    const names = declared.map((desc) => (desc as { name: string }).name);
    expect(names.length).toBeGreaterThan(20);
    for (const name of [...names, 'Any']) expect(toJSON(name as ModelName, {})).toEqual({});
  });

  test.each(['Sendinfo', 'im.protocol.v1.SendInfo', 'Command', '__proto__', 'constructor', ''])('%j is none', (name) => {
    expect(thrownBy(() => toJSON(name as ModelName, {})).message).toBe(
      `[UNSUPPORTED_TYPE] no message is called ${JSON.stringify(name)}`,
    );
    expect(thrownBy(() => fromJSON(name as ModelName, {})).code).toBe('UNSUPPORTED_TYPE');
  });

  test('are typed', () => {
    expectTypeOf(fromJSON('UserInfo', {})).toEqualTypeOf<UserInfo>();
    expectTypeOf<'Command'>().not.toExtend<ModelName>();
    expectTypeOf<'SendInfo' | 'Content' | 'Any'>().toExtend<ModelName>();
    expect(Object.keys(models)).toContain('SendInfo');
  });
});

describe('a codec in the place of a name', () => {
  const scalars = { int64Field: -1n, stringMap: new Map([['a', 'b']]), timestamp: { seconds: 5n, nanos: 0 } };

  test('is that of any generated message', () => {
    const json = { int64Field: '-1', stringMap: { a: 'b' }, timestamp: '1970-01-01T00:00:05Z' };
    expect(toJSON(AllTypes, scalars)).toEqual(json);
    const read = fromJSON(AllTypes, json);
    expectTypeOf(read).toEqualTypeOf<AllTypes>();
    expect(read).toEqual(AllTypes.create(scalars));
  });

  test('gives the JSON of a well-known type', () => {
    expect(toJSON(Timestamp, { seconds: 5n })).toBe('1970-01-01T00:00:05Z');
    expect(fromJSON(Timestamp, '1970-01-01T00:00:05Z')).toEqual({ seconds: 5n, nanos: 0 });
  });

  test('is an error of types where the message is of another', () => {
    // @ts-expect-error an int64 is a bigint
    expect(() => toJSON(AllTypes, { int64Field: 1 })).toThrow(
      '[INVALID_MESSAGE] AllTypes breaks 1 rule: int64Field: expected bigint, got number',
    );
  });
});
