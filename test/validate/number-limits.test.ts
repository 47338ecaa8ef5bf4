import { describe, expect, it } from 'vitest';
import { checkContent, checkImageContent, checkReadReceipt, checkRecall } from '../../generated/im/protocol/v1/content.codec.js';
import { checkDrainInfo } from '../../generated/im/protocol/v1/drain_info.codec.js';
import { checkErrorInfo } from '../../generated/im/protocol/v1/error_info.codec.js';
import { checkGroupMessage } from '../../generated/im/protocol/v1/group_message.codec.js';
import { checkHello, checkReject, checkWelcome } from '../../generated/im/protocol/v1/handshake.codec.js';
import { checkHeartbeatInfo } from '../../generated/im/protocol/v1/heartbeat_info.codec.js';
import { checkPrivateMessage } from '../../generated/im/protocol/v1/private_message.codec.js';
import { checkSendInfo } from '../../generated/im/protocol/v1/send_info.codec.js';
import { checkSendResult } from '../../generated/im/protocol/v1/send_result.codec.js';
import { checkUserInfo } from '../../generated/im/protocol/v1/user_info.codec.js';
import type { Issue } from '../../src/errors.js';
import { checkNumbers } from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import type { NumbersInit } from '../fixtures/generated/im/fixture/v1/rules.js';
import { issue } from './issue.js';

const sender = { userId: 1n, terminal: 1 };
const body = { $case: 'text' as const, value: { text: 't' } };
const welcome = { version: 1, heartbeatIntervalMs: 1000, versions: [1], offeredVersions: [1] };

type Row<N> = [path: string, min: N | undefined, max: N | undefined, check: (value: N) => Issue[] | undefined];

const LONGS: Row<bigint>[] = [
  ['userId', 1n, undefined, (n) => checkUserInfo({ userId: n, terminal: 1 })],
  ['sentAtMs', 0n, 253402300799999n, (n) => checkHeartbeatInfo({ sentAtMs: n })],
  ['messageId', 0n, undefined, (n) => checkContent({ body, messageId: n })],
  ['sentAtMs', 0n, 253402300799999n, (n) => checkContent({ body, sentAtMs: n })],
  ['sizeBytes', 0n, undefined, (n) => checkImageContent({ url: 'u', sizeBytes: n })],
  ['messageId', 1n, undefined, (n) => checkRecall({ messageId: n })],
  ['upToMessageId', 0n, undefined, (n) => checkReadReceipt({ upToMessageId: n })],
  ['messageIds[0]', 1n, undefined, (n) => checkReadReceipt({ messageIds: [n] })],
  ['receiverId', 1n, undefined, (n) => checkPrivateMessage({ sender, receiverId: n, content: { body } })],
  ['groupId', 1n, undefined, (n) => checkGroupMessage({ sender, groupId: n, content: { body } })],
  ['messageId', 0n, undefined, (n) => checkSendResult({ code: 1, messageId: n })],
  ['serverTimeMs', 0n, 253402300799999n, (n) => checkWelcome({ ...welcome, serverTimeMs: n })],
];

const NUMBERS: Row<number>[] = [
  ['terminal', 1, undefined, (n) => checkUserInfo({ userId: 1n, terminal: n })],
  ['graceMs', undefined, 600000, (n) => checkDrainInfo({ graceMs: n })],
  ['reconnectAfterMs', undefined, 600000, (n) => checkDrainInfo({ reconnectAfterMs: n })],
  ['code', 1, undefined, (n) => checkErrorInfo({ code: n })],
  ['retryAfterMs', undefined, 86400000, (n) => checkErrorInfo({ code: 1, retryAfterMs: n })],
  ['code', 1, undefined, (n) => checkSendResult({ code: n })],
  ['versions[1]', 1, 127, (n) => checkHello({ versions: [5, n] })],
  ['version', 1, 127, (n) => checkWelcome({ ...welcome, version: n })],
  ['heartbeatIntervalMs', 1000, 600000, (n) => checkWelcome({ ...welcome, heartbeatIntervalMs: n })],
  ['code', 1, undefined, (n) => checkReject({ code: n })],
  ['retryAfterMs', undefined, 86400000, (n) => checkReject({ code: 1, retryAfterMs: n })],
];

function atTheEdges<N extends bigint | number>(
  path: string,
  [min, max]: [N | undefined, N | undefined],
  one: N,
  check: Row<N>[3],
): void {
  const plus = (a: N, b: N): N => ((a as number) + (b as number)) as N;
  const minus = (a: N, b: N): N => ((a as number) - (b as number)) as N;
  if (min !== undefined) {
    expect(check(minus(min, one))).toEqual([issue(path, 'min', `got ${minus(min, one)}, at least ${min}`)]);
    expect(check(min)).toBeUndefined();
    expect(check(plus(min, one))).toBeUndefined();
  }
  if (max !== undefined) {
    expect(check(minus(max, one))).toBeUndefined();
    expect(check(max)).toBeUndefined();
    expect(check(plus(max, one))).toEqual([issue(path, 'max', `got ${plus(max, one)}, limit ${max}`)]);
  }
}

describe('min and max', () => {
  it.each(LONGS)('%s is %s to %s', (path, min, max, check) => atTheEdges(path, [min, max], 1n, check));
  it.each(NUMBERS)('%s is %s to %s', (path, min, max, check) => atTheEdges(path, [min, max], 1, check));

  it('has ids up to the largest int64', () => {
    expect(checkUserInfo({ userId: 9223372036854775807n, terminal: 1 })).toBeUndefined();
  });

  it('lets an unknown number of an enum pass, and no negative one', () => {
    expect(checkUserInfo({ userId: 1n, terminal: 2147483647 })).toBeUndefined();
    expect(checkSendInfo({ cmd: -1 })).toEqual([issue('cmd', 'min', 'got -1, at least 1')]);
  });

  it('judges a field that is left out by its default', () => {
    expect(checkUserInfo({})).toEqual([
      issue('userId', 'min', 'got 0, at least 1'),
      issue('terminal', 'min', 'got 0, at least 1'),
    ]);
    expect(checkHeartbeatInfo({})).toBeUndefined();
  });
});

describe('or_default', () => {
  it.each([
    [0, undefined],
    [1, issue('maxFrameBytes', 'min', 'got 1, at least 16384 or 0')],
    [16383, issue('maxFrameBytes', 'min', 'got 16383, at least 16384 or 0')],
    [16384, undefined],
    [16777219, undefined],
    [16777220, issue('maxFrameBytes', 'max', 'got 16777220, limit 16777219 or 0')],
  ])('max_frame_bytes of %i', (maxFrameBytes, found) => {
    expect(checkHello({ versions: [1], maxFrameBytes })).toEqual(found && [found]);
    expect(checkWelcome({ ...welcome, maxFrameBytes })).toEqual(found && [found]);
  });
});

describe('min and max on every type', () => {
  const valid = { requiredField: 0 };

  it.each<[NumbersInit, Issue | undefined]>([
    [{ int32Field: -5 }, undefined],
    [{ int32Field: -6 }, issue('int32Field', 'min', 'got -6, at least -5')],
    [{ int32Field: 6 }, issue('int32Field', 'max', 'got 6, limit 5')],
    [{ uint32Field: 4294967294 }, undefined],
    [{ uint32Field: 4294967295 }, issue('uint32Field', 'max', 'got 4294967295, limit 4294967294')],
    [{ sint64Field: -(2n ** 63n) }, issue('sint64Field', 'min', 'got -9223372036854775808, at least -9223372036854775807')],
    [{ sint64Field: 2n ** 63n - 1n }, issue('sint64Field', 'max', 'got 9223372036854775807, limit 9223372036854775806')],
    [{ uint64Field: 9007199254740993n }, undefined],
    [{ uint64Field: 9007199254740994n }, issue('uint64Field', 'max', 'got 9007199254740994, limit 9007199254740993')],
    [{ doubleField: -1.5 }, issue('doubleField', 'min', 'got -1.5, at least -1')],
    [{ doubleField: 1.5 }, issue('doubleField', 'max', 'got 1.5, limit 1')],
    [{ doubleField: 0.5 }, undefined],
    [{ floatField: Number.NaN }, issue('floatField', 'max', 'got NaN, limit 2')],
    [{ floatField: Number.POSITIVE_INFINITY }, issue('floatField', 'max', 'got Infinity, limit 2')],
    [{ enumField: 3 }, issue('enumField', 'max', 'got 3, limit 2')],
    [{ orDefault: 9 }, issue('orDefault', 'min', 'got 9, at least 10 or 0')],
    [{ orDefault: 21 }, issue('orDefault', 'max', 'got 21, limit 20 or 0')],
    [{ optionalField: 0 }, issue('optionalField', 'min', 'got 0, at least 1')],
    [{ optionalField: undefined }, undefined],
    [{ requiredField: undefined }, issue('requiredField', 'required', 'not set')],
    [{ both: -1n }, issue('both', 'min', 'got -1, at least 0')],
    [{ both: 4n }, issue('both', 'max', 'got 4, limit 3')],
  ])('%o', (fields, found) => {
    expect(checkNumbers({ ...valid, ...fields })).toEqual(found && [found]);
  });

  it('does not tell a secret number', () => {
    expect(checkNumbers({ ...valid, secret: 10 })).toEqual([issue('secret', 'max', 'out of bounds, limit 9')]);
  });
});
