import { describe, expect, it } from 'vitest';
import * as content from '../../generated/im/protocol/v1/content.codec.js';
import { checkDrainInfo } from '../../generated/im/protocol/v1/drain_info.codec.js';
import { checkErrorInfo } from '../../generated/im/protocol/v1/error_info.codec.js';
import { checkForceLogout } from '../../generated/im/protocol/v1/force_logout.codec.js';
import { checkHello, checkReject, checkWelcome } from '../../generated/im/protocol/v1/handshake.codec.js';
import { checkLoginInfo } from '../../generated/im/protocol/v1/login_info.codec.js';
import { checkReceiveInfo } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { checkSendResult } from '../../generated/im/protocol/v1/send_result.codec.js';
import { checkSessionInfo } from '../../generated/im/protocol/v1/session_info.codec.js';
import { checkTopicMessage } from '../../generated/im/protocol/v1/topic_message.codec.js';
import type { Issue } from '../../src/errors.js';
import { checkTexts } from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import { TextsSchema } from '../fixtures/generated/im/fixture/v1/rules.zod.js';
import { issue } from './issue.js';

const user = { userId: 1n, terminal: 1 };
const body = { $case: 'text' as const, value: { text: 't' } };
const welcome = { version: 1, heartbeatIntervalMs: 1000, versions: [1], offeredVersions: [1] };
const payload = { $case: 'raw' as const, value: new Uint8Array(1) };
const url = 'u';

type Check = (text: string) => Issue[] | undefined;

/** The most bytes of each string of the schema, from the page of the design. */
const LIMITS: [path: string, limit: number, check: Check][] = [
  ['accessToken', 8192, (s) => checkLoginInfo({ accessToken: s })],
  ['deviceId', 128, (s) => checkLoginInfo({ accessToken: 'a', deviceId: s })],
  ['sessionId', 128, (s) => checkSessionInfo({ ...user, sessionId: s })],
  ['clientMessageId', 64, (s) => content.checkContent({ body, clientMessageId: s })],
  ['fallback', 1024, (s) => content.checkContent({ body, fallback: s })],
  ['text', 1048576, (s) => content.checkTextContent({ text: s })],
  ['url', 2048, (s) => content.checkImageContent({ url: s })],
  ['mimeType', 127, (s) => content.checkFileContent({ url, mimeType: s })],
  ['name', 255, (s) => content.checkAudioContent({ url, name: s })],
  ['thumbnailUrl', 2048, (s) => content.checkVideoContent({ url, thumbnailUrl: s })],
  ['reason', 512, (s) => checkForceLogout({ user, reason: s })],
  ['deviceId', 128, (s) => checkForceLogout({ user, deviceId: s })],
  ['reason', 512, (s) => checkDrainInfo({ reason: s })],
  ['message', 512, (s) => checkErrorInfo({ code: 1, message: s })],
  ['serviceName', 64, (s) => checkReceiveInfo({ cmd: 1000, everyone: true, serviceName: s })],
  ['traceId', 64, (s) => checkReceiveInfo({ cmd: 1000, everyone: true, traceId: s })],
  ['traceId', 64, (s) => checkSendResult({ code: 1, traceId: s })],
  ['topic', 127, (s) => checkTopicMessage({ payload, topic: s })],
  ['messageGroup', 63, (s) => checkTopicMessage({ payload, topic: 't', messageGroup: s })],
  ['features[0]', 64, (s) => checkHello({ versions: [1], features: [s] })],
  ['agent', 256, (s) => checkHello({ versions: [1], agent: s })],
  ['connectionId', 64, (s) => checkWelcome({ ...welcome, connectionId: s })],
  ['message', 512, (s) => checkReject({ code: 1, message: s })],
];

describe('max_bytes', () => {
  it.each(LIMITS)('%s takes %i bytes and no more', (path, limit, check) => {
    expect(check('a'.repeat(limit - 1))).toBeUndefined();
    expect(check('a'.repeat(limit))).toBeUndefined();
    expect(check('a'.repeat(limit + 1))).toEqual([issue(path, 'max_bytes', `got ${limit + 1} bytes, limit ${limit}`)]);
  });

  it.each([
    ['a', 1024],
    ['é', 512],
    ['你', 341],
    ['😀', 256],
  ])('counts %s in UTF-8: at most %i of them fit into 1024 bytes', (character, count) => {
    const room = 1024 - new TextEncoder().encode(character.repeat(count)).length;
    const full = character.repeat(count) + 'a'.repeat(room);
    expect(content.checkContent({ body, fallback: full })).toBeUndefined();
    expect(content.checkContent({ body, fallback: `${full}a` })).toEqual([
      issue('fallback', 'max_bytes', 'got 1025 bytes, limit 1024'),
    ]);
  });
});

describe('min_bytes', () => {
  it.each([
    ['', 'got 0 bytes, at least 3'],
    ['a', 'got 1 byte, at least 3'],
    ['aé', undefined],
    ['é', 'got 2 bytes, at least 3'],
    ['你', undefined],
    ['abc', undefined],
    ['abcdef', undefined],
    ['你好', undefined],
    ['你好a', 'got 7 bytes, limit 6'],
    ['😀😀', 'got 8 bytes, limit 6'],
  ])('judges %j by its bytes, not its characters', (text, message) => {
    const valid = { blob: new Uint8Array(2), notEmpty: '.' };
    const rule = message?.includes('limit') ? 'max_bytes' : 'min_bytes';
    expect(checkTexts({ ...valid, sized: text })).toEqual(message && [issue('sized', rule, message)]);
  });

  it('refuses a string that is left out', () => {
    expect(checkLoginInfo({})).toEqual([issue('accessToken', 'min_bytes', 'got 0 bytes, at least 1')]);
    expect(content.checkTextContent({ text: '' })).toEqual([issue('text', 'min_bytes', 'got 0 bytes, at least 1')]);
  });
});

describe('bytes', () => {
  it.each([
    [0, undefined],
    [1, issue('sha256', 'min_bytes', 'got 1 byte, at least 32 or none')],
    [31, issue('sha256', 'min_bytes', 'got 31 bytes, at least 32 or none')],
    [32, undefined],
    [33, issue('sha256', 'max_bytes', 'got 33 bytes, limit 32 or none')],
  ])('sha256 of %i bytes', (length, found) => {
    for (const check of [
      content.checkImageContent,
      content.checkFileContent,
      content.checkAudioContent,
      content.checkVideoContent,
    ]) {
      expect(check({ url, sha256: new Uint8Array(length) })).toEqual(found && [found]);
    }
  });

  it.each([
    [0, issue('raw', 'min_bytes', 'got 0 bytes, at least 1')],
    [1, undefined],
    [4194304, undefined],
    [4194305, issue('raw', 'max_bytes', 'got 4194305 bytes, limit 4194304')],
  ])('a raw payload of %i bytes', (length, found) => {
    const raw = { $case: 'raw' as const, value: new Uint8Array(length) };
    expect(checkTopicMessage({ topic: 't', payload: raw })).toEqual(found && [found]);
  });

  it('refuses bytes that are left out', () => {
    expect(checkTexts({ sized: 'abc', notEmpty: '.' })).toEqual([issue('blob', 'min_bytes', 'got 0 bytes, at least 2')]);
  });
});

/** The strings of the schema whose alphabet is ASCII, with the most bytes of each, and their check. */
const ASCII = LIMITS.filter(([, , check]) => check('é')?.some(({ rule }) => rule === 'alphabet'));

describe('of a text that its alphabet of ASCII refuses, bytes are counted as well', () => {
  it('has such strings to try', () => {
    expect(ASCII.map(([path]) => path)).toEqual([
      ...['accessToken', 'deviceId', 'sessionId', 'clientMessageId', 'deviceId', 'serviceName', 'traceId', 'traceId', 'topic'],
      ...['features[0]', 'connectionId'],
    ]);
  });

  it.each([
    ['', undefined],
    ['éé', ['alphabet', 'min_bytes: got 4 bytes, at least 5 or none']],
    ['ééa', ['alphabet']],
    ['ééé', ['alphabet']],
    ['éééé', ['alphabet']],
    ['éééaaa', ['alphabet', 'max_bytes: got 9 bytes, limit 8 or none']],
    ['ééééé', ['alphabet', 'max_bytes: got 10 bytes, limit 8 or none']],
    ['abcd', ['min_bytes: got 4 bytes, at least 5 or none']],
    ['abcde', undefined],
  ])('%j has the same issues by check and by zod', (text, expected) => {
    const message = { sized: 'abc', blob: new Uint8Array(2), notEmpty: '.', ascii: text };
    const told = (rule: string, message: string): string => (rule === 'alphabet' ? rule : `${rule}: ${message}`);
    expect(checkTexts(message)?.map(({ rule, message }) => told(rule, message))).toEqual(expected);
    expect(TextsSchema.safeParse(message).error?.issues.length).toBe(expected?.length);
  });

  it.each(ASCII)('%s takes %i bytes of any characters', (_, limit, check) => {
    for (const [character, size] of [
      ['é', 2],
      ['你', 3],
      ['😀', 4],
      ['\ud800', 3],
    ] as const) {
      const most = Math.floor(limit / size);
      const rules = (text: string): string[] => (check(text) ?? []).map(({ rule }) => rule).sort();
      expect(rules(character.repeat(most))).toEqual(['alphabet']);
      expect(rules(character.repeat(most + 1))).toEqual(['alphabet', 'max_bytes']);
      const told = check(character.repeat(most + 1))?.find(({ rule }) => rule === 'max_bytes');
      expect(told?.message).toBe(`got ${(most + 1) * size} bytes, limit ${limit}`);
    }
  });
});
