import { describe, expect, expectTypeOf, test } from 'vitest';
import { Any, ForceLogout, GroupMessage, PrivateMessage, type ReceiveInfo, SystemMessage } from '../../generated/models.js';
import { forDelivery } from '../../src/codec/for-delivery.js';
import { isProtocolError } from '../../src/errors.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';

const sender = { userId: 1n, terminal: 1 };
const content = { messageId: 5n, body: { $case: 'text', value: { text: 'hi' } } } as const;

/** Freezes a value and all in it, so that a change throws. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const item of Object.values(value)) frozen(item);
    Object.freeze(value);
  }
  return value;
}

describe('forDelivery clears the routing fields', () => {
  test('of a private message', () => {
    const value = frozen(
      PrivateMessage.create({ sender, receiverId: 2n, receiverTerminals: [1, 2], skipSelf: true, skipResult: true, content }),
    );
    expect(forDelivery({ $case: 'privateMessage', value })).toEqual({
      $case: 'privateMessage',
      value: PrivateMessage.create({ sender, receiverId: 2n, content }),
    });
  });

  test('of a group message, and keeps the mentions', () => {
    const rest = { sender, groupId: 3n, mentionedIds: [4n], mentionEveryone: true, content };
    const value = frozen(
      GroupMessage.create({ ...rest, receiverIds: [2n, 3n], receiverTerminals: [1], skipSelf: true, skipResult: true }),
    );
    expect(forDelivery({ $case: 'groupMessage', value })).toEqual({ $case: 'groupMessage', value: GroupMessage.create(rest) });
  });

  test('of a system message', () => {
    const value = frozen(
      SystemMessage.create({ receiverIds: [2n], receiverTerminals: [1], skipResult: true, everyone: true, content }),
    );
    expect(forDelivery({ $case: 'systemMessage', value })).toEqual({
      $case: 'systemMessage',
      value: SystemMessage.create({ content }),
    });
  });

  test('and nothing of other data', () => {
    const logout = frozen({
      $case: 'forceLogout',
      value: ForceLogout.create({ user: sender, reason: 'r', deviceId: 'd' }),
    } as const);
    expect(forDelivery(logout)).toEqual(logout);
    const custom = frozen({ $case: 'custom', value: Any.create({ typeUrl: 'a/b.C', value: Uint8Array.of(1) }) } as const);
    expect(forDelivery(custom)).toEqual(custom);
  });
});

test('a message without routing fields is unchanged', () => {
  expect(forDelivery({ $case: 'groupMessage', value: { groupId: 3n } })).toEqual({
    $case: 'groupMessage',
    value: { groupId: 3n },
  });
});

test('undefined stays undefined', () => {
  expect(forDelivery(undefined)).toBeUndefined();
});

test('unknown fields are kept', () => {
  const value = { ...SystemMessage.create({ everyone: true }), [UNKNOWN_FIELDS]: Uint8Array.of(0xc0, 0x0c, 0x01) };
  expect(forDelivery({ $case: 'systemMessage', value }).value[UNKNOWN_FIELDS]).toEqual(Uint8Array.of(0xc0, 0x0c, 0x01));
});

test('the input is not changed, and the kept fields are shared', () => {
  const value = GroupMessage.create({ receiverIds: [2n], content });
  const data = { $case: 'groupMessage', value } as const;
  const delivered = forDelivery(data);
  expect(value.receiverIds).toEqual([2n]);
  expect(delivered).not.toBe(data);
  expect(delivered.value).not.toBe(value);
  expect(delivered.value.content).toBe(value.content);
});

test('cleared lists are not shared between calls', () => {
  const deliver = () =>
    forDelivery({ $case: 'systemMessage', value: SystemMessage.create({ receiverIds: [1n] }) }).value.receiverIds;
  expect(deliver()).not.toBe(deliver());
});

test.each(['login2', 'constructor', '__proto__', 'cmd'])('a member called %s is refused', ($case) => {
  let error: unknown;
  try {
    forDelivery({ $case, value: {} });
  } catch (thrown) {
    error = thrown;
  }
  expect(isProtocolError(error, 'INVALID_MESSAGE')).toBe(true);
  expect((error as Error).message).toBe('[INVALID_MESSAGE] data: needs { $case, value } with the name of a member');
});

test('the data of a ReceiveInfo keeps its type', () => {
  expectTypeOf(forDelivery<ReceiveInfo['data']>).returns.toEqualTypeOf<ReceiveInfo['data']>();
});
