import { describe, expect, it } from 'vitest';
import { checkContent } from '../../generated/im/protocol/v1/content.codec.js';
import { checkHello } from '../../generated/im/protocol/v1/handshake.codec.js';
import { checkLoginInfo } from '../../generated/im/protocol/v1/login_info.codec.js';
import { checkReceiveInfo } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { checkTopicMessage } from '../../generated/im/protocol/v1/topic_message.codec.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import type { Issue } from '../../src/errors.js';
import { checkTexts } from '../fixtures/generated/im/fixture/v1/rules.codec.js';
import type { TextsInit } from '../fixtures/generated/im/fixture/v1/rules.js';
import { issue } from './issue.js';

const ascii = '!"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~';

describe('alphabet', () => {
  it('ASCII is from ! to ~', () => {
    expect(checkLoginInfo({ accessToken: ascii })).toBeUndefined();
    for (const [i, character] of [' ', '\u007f', '\u0000', '\n', 'é', '你', '😀'].entries()) {
      const text = `${'a'.repeat(i)}${character}b`;
      expect(checkLoginInfo({ accessToken: text })).toEqual([issue('accessToken', 'alphabet', `character ${i} is not in [!-~]`)]);
    }
  });

  it('a service is named with letters, digits, _ and -', () => {
    const named = (serviceName: string): Issue[] | undefined => checkReceiveInfo({ cmd: 1000, everyone: true, serviceName });
    expect(named('AZaz09_-')).toBeUndefined();
    expect(named('a.b')).toEqual([issue('serviceName', 'alphabet', 'character 1 is not in [A-Za-z0-9_\\-]')]);
    expect(named('服务')).toEqual([issue('serviceName', 'alphabet', 'character 0 is not in [A-Za-z0-9_\\-]')]);
  });

  it('a feature is named with a-z, 0-9, dot, _ and -, and is not empty', () => {
    const named = (...features: string[]): Issue[] | undefined => checkHello({ versions: [1], features });
    expect(named('deflate', 'com.example.a_b-1')).toBeUndefined();
    expect(named('a', 'Deflate')).toEqual([issue('features[1]', 'alphabet', 'character 0 is not in [a-z0-9._\\-]')]);
    expect(named('')).toEqual([issue('features[0]', 'min_bytes', 'got 0 bytes, at least 1')]);
  });

  it('all broken rules of a value are told', () => {
    expect(checkLoginInfo({ accessToken: `${'a'.repeat(8192)}你` })).toEqual([
      issue('accessToken', 'alphabet', 'character 8192 is not in [!-~]'),
      issue('accessToken', 'max_bytes', 'got 8195 bytes, limit 8192'),
    ]);
  });
});

describe('rules of text on a topic message', () => {
  const payload = { $case: 'raw' as const, value: new Uint8Array(1) };
  const control = 'in [\\x00-\\x1f\\x7f-\\x9f], which is not allowed';

  it.each<[TopicMessageInit, Issue | undefined]>([
    [{ topic: '%|azAZ09_-' }, undefined],
    [{ topic: 'a.b' }, issue('topic', 'alphabet', 'character 1 is not in [%|a-zA-Z0-9_\\-]')],
    [{ topic: 'TBW102' }, issue('topic', 'not_in', 'one of 10 forbidden values')],
    [{ topic: 'TBW1020' }, undefined],
    [{ topic: 'rmq_sys_' }, issue('topic', 'not_prefix', 'begins with "rmq_sys_"')],
    [{ topic: 'rmq_sys' }, undefined],
    [{ tag: 'a b' }, undefined],
    [{ tag: 'a|b' }, issue('tag', 'forbidden', 'character 1 is in [|], which is not allowed')],
    [{ tag: '\u001f' }, issue('tag', 'forbidden', `character 0 is ${control}`)],
    [{ tag: '\u007f' }, issue('tag', 'forbidden', `character 0 is ${control}`)],
    [{ tag: '\u009f' }, issue('tag', 'forbidden', `character 0 is ${control}`)],
    [{ tag: 'a\u00a0' }, undefined],
    [{ tag: ' ' }, issue('tag', 'not_blank', 'only white space')],
    [{ tag: '\u3000\u00a0' }, issue('tag', 'not_blank', 'only white space')],
    [{ keys: ['a', 'b c'] }, issue('keys[1]', 'forbidden', 'character 1 is in [ ], which is not allowed')],
    [{ keys: [''] }, issue('keys[0]', 'min_bytes', 'got 0 bytes, at least 1')],
    [{ messageGroup: '\u2028' }, issue('messageGroup', 'not_blank', 'only white space')],
    [{ properties: new Map([['KEY', '']]) }, undefined],
    [{ properties: new Map([['KEYS', '']]) }, issue('properties["KEYS"]', 'not_in', 'key: one of 46 forbidden values')],
    [{ properties: new Map([['im_type', '8']]) }, issue('properties["im_type"]', 'not_prefix', 'key: begins with "im_" or "__"')],
    [{ properties: new Map([['__x', '8']]) }, issue('properties["__x"]', 'not_prefix', 'key: begins with "im_" or "__"')],
    [{ properties: new Map([['im', '8']]) }, undefined],
    [{ properties: new Map([['', '8']]) }, issue('properties[""]', 'min_bytes', 'key: got 0 bytes, at least 1')],
    [{ properties: new Map([[' ', '8']]) }, issue('properties[" "]', 'not_blank', 'key: only white space')],
    [{ properties: new Map([['a\n', '8']]) }, issue('properties["a\\n"]', 'forbidden', `key: character 1 is ${control}`)],
    [{ properties: new Map([['a', 'x\n']]) }, issue('properties["a"]', 'forbidden', `character 1 is ${control}`)],
  ])('%o', (fields, found) => {
    expect(checkTopicMessage({ topic: 't', payload, ...fields })).toEqual(found && [found]);
  });
});

describe('rules of text of any schema', () => {
  /** What generated code could trip over. */
  const quotes = `in ['\`$${'{}'}\\\\], which is not allowed`;
  const valid = { sized: 'abc', blob: new Uint8Array(2), notEmpty: '.' };

  it.each<[TextsInit, Issue | undefined]>([
    [{ sizedOrNone: '' }, undefined],
    [{ sizedOrNone: 'ab' }, issue('sizedOrNone', 'min_bytes', 'got 2 bytes, at least 3 or none')],
    [{ sizedOrNone: 'abcdefg' }, issue('sizedOrNone', 'max_bytes', 'got 7 bytes, limit 6 or none')],
    [{ alphabet: 'abc/-' }, undefined],
    [{ alphabet: 'd' }, issue('alphabet', 'alphabet', 'character 0 is not in [a-c/\\-]')],
    [{ emoji: '😀😎' }, undefined],
    [{ emoji: '😀😏' }, issue('emoji', 'alphabet', 'character 2 is not in [😀-😎]')],
    [{ forbidden: 'a"b' }, undefined],
    [{ forbidden: 'a`b' }, issue('forbidden', 'forbidden', `character 1 is ${quotes}`)],
    [{ forbidden: '\\' }, issue('forbidden', 'forbidden', `character 0 is ${quotes}`)],
    [{ notBlank: '' }, undefined],
    [{ notBlank: '\ufeff\t' }, issue('notBlank', 'not_blank', 'only white space')],
    [{ notBlank: '\u200b' }, undefined],
    [{ notIn: "it's" }, issue('notIn', 'not_in', 'one of 3 forbidden values')],
    [{ notIn: 'say "hi"' }, issue('notIn', 'not_in', 'one of 3 forbidden values')],
    [{ notPrefix: 'x-' }, issue('notPrefix', 'not_prefix', 'begins with "x-"')],
    [{ optionalText: '' }, issue('optionalText', 'min_bytes', 'got 0 bytes, at least 1')],
    [{ renamed: 'ab' }, issue('other-name', 'max_bytes', 'got 2 bytes, limit 1')],
    [{ notEmpty: '' }, issue('notEmpty', 'not_in', 'the forbidden value')],
  ])('%o', (fields, found) => {
    expect(checkTexts({ ...valid, ...fields })).toEqual(found && [found]);
  });
});

describe('texts of issues', () => {
  it('do not show what a secret is', () => {
    const secret = `s3cret${'x'.repeat(8192)} `;
    const issues = [
      ...(checkLoginInfo({ accessToken: secret, deviceId: secret }) ?? []),
      ...(checkContent({ clientMessageId: secret }) ?? []),
    ];
    expect(issues).toHaveLength(7);
    expect(JSON.stringify(issues)).not.toContain('s3cret');
  });
});
