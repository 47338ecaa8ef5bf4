import { runInNewContext } from 'node:vm';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod/v4-mini';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import { ContentSchema, LoginInfoSchema, SendInfoSchema, TopicMessageSchema } from '../../src/zod.js';
import type { AllTypesInit } from '../fixtures/generated/im/fixture/v1/all_types.js';
import { AllTypesSchema } from '../fixtures/generated/im/fixture/v1/all_types.zod.js';
import { NumbersSchema, TreeSchema } from '../fixtures/generated/im/fixture/v1/rules.zod.js';

const user = { userId: 1n, terminal: 1 };
const content = { body: { $case: 'text' as const, value: { text: 'hi' } } };
const chat = { cmd: 4, data: { $case: 'privateMessage' as const, value: { sender: user, receiverId: 2n, content } } };

/** Path and text of each issue. */
function told(schema: z.ZodMiniType, value: unknown): [path: string, message: string][] {
  return (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]);
}

describe('types', () => {
  it('of what is parsed are those that encode takes', () => {
    expectTypeOf(SendInfoSchema.parse(chat)).toEqualTypeOf<SendInfoInit>();
    expectTypeOf<z.output<typeof TopicMessageSchema>>().toEqualTypeOf<TopicMessageInit>();
    expectTypeOf(AllTypesSchema.parse({})).toEqualTypeOf<AllTypesInit>();
  });

  it('narrow by the case of a oneof', () => {
    const { data } = SendInfoSchema.parse(chat);
    if (data?.$case !== 'privateMessage') throw new Error('the message is private');
    expectTypeOf(data.value.receiverId).toEqualTypeOf<bigint | undefined>();
    expect(data.value.content?.body?.$case).toBe('text');
  });
});

describe('what is parsed', () => {
  it('is a copy in which bytes are shared', () => {
    const raw = new Uint8Array([1]);
    const value = { topic: 't', keys: ['k'], properties: new Map([['a', 'b']]), payload: { $case: 'raw', value: raw } };
    const parsed = TopicMessageSchema.parse(value);
    expect(parsed).toStrictEqual(value);
    expect(parsed).not.toBe(value);
    expect(parsed.keys).not.toBe(value.keys);
    expect(parsed.properties).not.toBe(value.properties);
    expect(parsed.payload?.value).toBe(raw);
  });

  it('keeps the fields that its decoder did not know, at any depth', () => {
    const unknown = new Uint8Array([0xd0, 0x02, 0x01]);
    const value = {
      ...chat,
      [UNKNOWN_FIELDS]: unknown,
      data: { ...chat.data, value: { ...chat.data.value, content: { [UNKNOWN_FIELDS]: unknown } } },
    };
    expect(SendInfoSchema.parse(value)).toStrictEqual(value);
  });

  it('leaves out what was left out', () => {
    expect(Object.keys(LoginInfoSchema.parse({ accessToken: 'a' }))).toEqual(['accessToken']);
  });

  it('may come from another realm', () => {
    const value: unknown = runInNewContext(
      `({ topic: 't', keys: ['k'], properties: new Map([['a', 'b']]), payload: { $case: 'raw', value: new Uint8Array([1]) } })`,
    );
    const parsed = TopicMessageSchema.parse(value);
    expect(parsed.properties).toStrictEqual(new Map([['a', 'b']]));
    expect(parsed.payload?.$case).toBe('raw');
    expect(Array.from(parsed.payload?.value as Uint8Array)).toEqual([1]);
  });

  it('may be frozen', () => {
    expect(ContentSchema.parse(Object.freeze({ body: Object.freeze({ ...content.body }) }))).toStrictEqual(content);
  });
});

describe('issues', () => {
  it('lie where the value lies in JavaScript, with the texts of the check', () => {
    const login = { $case: 'login', value: { accessToken: 'x'.repeat(8193), deviceId: ' ' } };
    expect(told(SendInfoSchema, { cmd: 1, data: login })).toEqual([
      ['data.value.accessToken', 'got 8193 bytes, limit 8192'],
      ['data.value.deviceId', 'character 0 is not in [!-~]'],
    ]);
  });

  it('name the rule', () => {
    const issues = SendInfoSchema.safeParse({ cmd: 2 }).error?.issues;
    expect(issues).toEqual([
      { code: 'custom', path: ['data'], message: 'HEARTBEAT carries heartbeat, got nothing', params: { rule: 'command_data' } },
    ]);
  });

  it('tell types, ranges and keys as the check does', () => {
    expect(told(SendInfoSchema, null)).toEqual([['', 'expected object, got null']]);
    expect(told(SendInfoSchema, { ...chat, sequence: 1n, more: 1 })).toEqual([
      ['more', 'no field of im.protocol.v1.SendInfo'],
      ['sequence', 'expected number, got bigint'],
    ]);
    expect(told(SendInfoSchema, { cmd: 2 ** 31 })).toEqual([
      ['cmd', 'got 2147483648, enum is an integer from -2147483648 to 2147483647'],
    ]);
    expect(told(SendInfoSchema, { cmd: 1, data: { $case: 'raw', value: 1 } })[0]).toEqual([
      'data',
      expect.stringMatching(/^expected a \$case of login, session, heartbeat, .*, deleteForMe, custom, got another$/),
    ]);
    expect(told(TopicMessageSchema, { topic: 't', payload: 1 })).toEqual([['payload', 'expected { $case, value }, got number']]);
    expect(told(LoginInfoSchema, { accessToken: '\ud800' })[0]).toEqual(['accessToken', 'character 0 is a lone surrogate']);
  });

  it('lie at a key that the message does not have, though a field or member has that name in JSON', () => {
    const keys = { login: 1, 'a.b': 2, '["x"]': 3, data: { $case: 'login', value: { accessToken: 'a', session: 4 }, login: 5 } };
    const issues = SendInfoSchema.safeParse({ cmd: 1, ...keys }).error?.issues;
    expect(issues?.map(({ path }) => path)).toEqual([
      ['login'],
      ['a.b'],
      ['["x"]'],
      ['data', 'login'],
      ['data', 'value', 'session'],
    ]);
  });

  it('tell entries of maps by their keys', () => {
    const properties = new Map([['im_a', 'x']]);
    expect(told(TopicMessageSchema, { topic: 't', properties, payload: { $case: 'raw', value: new Uint8Array(1) } })).toEqual([
      ['properties.im_a', 'key: begins with "im_" or "__"'],
    ]);
  });

  it('do not show a secret', () => {
    const login = { accessToken: 's3cret s3cret', deviceId: 's3cret\ud800' };
    expect(JSON.stringify(LoginInfoSchema.safeParse(login).error)).not.toContain('s3cret');
    expect(told(NumbersSchema, { requiredField: 1, secret: -777 })).toEqual([
      ['secret', 'out of range, fixed32 is an integer from 0 to 4294967295'],
    ]);
  });
});

describe('one schema that judges many times', () => {
  const broken = { cmd: 2, data: { $case: 'login', value: { accessToken: 'a b' } } };
  const issuesOf = (schema: z.ZodMiniType, value: unknown) => schema.safeParse(value).error?.issues;

  it('gives the same issues each time, and changes none that it gave', () => {
    const first = issuesOf(SendInfoSchema, broken);
    const before = structuredClone(first);
    for (let i = 0; i < 1000; i++) issuesOf(SendInfoSchema, broken);
    expect(first).toEqual(before);
    expect(issuesOf(SendInfoSchema, broken)).toEqual(before);
    expect(first?.map(({ path }) => path.join('.'))).toEqual(['data.value.accessToken', 'data']);
  });

  it('gives the same issues inside of a schema of an application', () => {
    const form = z.object({ all: z.array(SendInfoSchema) });
    const paths = () => issuesOf(form, { all: [broken, broken] })?.map(({ path }) => path.join('.'));
    const expected = ['all.0.data.value.accessToken', 'all.0.data', 'all.1.data.value.accessToken', 'all.1.data'];
    for (let i = 0; i < 100; i++) expect(paths()).toEqual(expected);
  });

  it('is not changed by who changes what it gave', () => {
    const before = structuredClone(issuesOf(SendInfoSchema, broken));
    for (const issue of issuesOf(SendInfoSchema, broken) ?? []) {
      issue.path.push('mine');
      Object.assign(issue, { message: 'mine' });
      Object.assign((issue as { params?: object }).params ?? {}, { rule: 'mine' });
    }
    expect(issuesOf(SendInfoSchema, broken)).toEqual(before);
  });

  it('shares nothing between what it parsed', () => {
    const [a, b] = [AllTypesSchema.parse({ int32List: [1] }), AllTypesSchema.parse({ int32List: [1] })];
    expect(a).toEqual(b);
    expect(a.int32List).not.toBe(b.int32List);
  });
});

describe('a value with getters', () => {
  it('is read once: what was judged is what is handed out', () => {
    let reads = 0;
    const value = {
      get accessToken() {
        reads++;
        return reads === 1 ? 'a' : 'a b';
      },
    };
    expect(LoginInfoSchema.parse(value)).toStrictEqual({ accessToken: 'a' });
    expect(reads).toBe(1);
  });
});

describe('messages that contain themselves', () => {
  const chain = (depth: number): object => (depth === 0 ? {} : { next: chain(depth - 1) });

  it('are nested 100 deep and no deeper', () => {
    expect(TreeSchema.parse(chain(100))).toStrictEqual(chain(100));
    expect(told(TreeSchema, chain(101))).toEqual([[`${'next.'.repeat(101)}`.slice(0, -1), 'nested deeper than 100']]);
  });

  it('are refused where they never end', () => {
    const value: { next?: object } = {};
    value.next = value;
    expect(told(TreeSchema, value).map(([, message]) => message)).toEqual(['nested deeper than 100']);
    expect(TreeSchema.parse(chain(100))).toStrictEqual(chain(100));
  });
});

describe('schemas', () => {
  it('take further checks and go into schemas of an application', async () => {
    const short = SendInfoSchema.check((payload) => {
      if (payload.value.cmd === 2) payload.issues.push({ code: 'custom', input: payload.value, message: 'no heartbeats here' });
    });
    expect(told(short, { cmd: 2, data: { $case: 'heartbeat', value: {} } })).toEqual([['', 'no heartbeats here']]);
    expect(told(short, { cmd: 1 })).toEqual([['data', 'LOGIN carries login or session, got nothing']]);
    expect(await short.parseAsync(chat)).toStrictEqual(chat);
  });
});
