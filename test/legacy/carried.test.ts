// JSON that travels with a message: what may change on the way, and what a client that forges it reaches.
import { describe, expect, it } from 'vitest';
import { Command, type PrivateMessage, packAny, type SendInfoInit, UNKNOWN_FIELDS } from '../../src/index.js';
import { decodeLegacy, isLegacyJson, JsonMessage, LEGACY_COMMAND, LegacyField, legacyProfile } from '../../src/legacy/index.js';
import { onlyOld, toOld } from './through-frames.js';

const BOX = legacyProfile('box-im');
const TEXT = '{"cmd":3,"data":{"id":"70","sendId":7,"recvId":9,"content":"hi","type":0,"status":3,"tmpId":null,"more":[1]}}';

function privateMessage(text: string): PrivateMessage {
  const { data } = decodeLegacy(text, BOX).message;
  if (data?.$case !== 'privateMessage') throw new Error('expected a private message');
  return data.value;
}

const asFrame = (value: object): SendInfoInit => ({
  cmd: Command.PRIVATE_MESSAGE,
  data: { $case: 'privateMessage', value } as SendInfoInit['data'],
});
const forged = (json: object, profile = 'box-im', command = 0): object => ({
  [UNKNOWN_FIELDS]: LegacyField.encode({ message: { profile, json: JSON.stringify(json), command } }),
});
const HELLO = {
  sender: { userId: 7n, terminal: 1 },
  receiverId: 9n,
  content: { body: { $case: 'text', value: { text: 'hello' } } },
};
const PLAIN = { sendId: 7, recvId: 9, content: 'hello', type: 0, status: 0 };

describe('changes on the way', () => {
  it('none: the same JSON', () => {
    expect(onlyOld(asFrame(privateMessage(TEXT)), BOX)).toEqual(JSON.parse(TEXT));
  });

  it('a new id and text: they are new, the rest is as it was', () => {
    const message = privateMessage(TEXT);
    const content = { ...message.content, messageId: 71n, body: { $case: 'text' as const, value: { text: 'h*' } } };
    expect(onlyOld(asFrame({ ...message, content }), BOX)).toEqual({
      cmd: 3,
      data: { id: 71, sendId: 7, recvId: 9, content: 'h*', type: 0, status: 3, tmpId: null, more: [1] },
    });
  });

  it('the terminal that is put before tmpId is taken away again, and a tip has none', () => {
    for (const type of [0, 21]) {
      const text = `{"cmd":3,"data":{"sendId":7,"recvId":9,"content":"hi","type":${type},"tmpId":"t1.5","more":1}}`;
      const { message } = decodeLegacy(text, BOX, { senderTerminal: 1 });
      expect(onlyOld(message, BOX)).toEqual(JSON.parse(text));
    }
  });

  it('a custom body that was replaced', () => {
    const message = privateMessage('{"cmd":3,"data":{"sendId":7,"recvId":9,"content":"x","type":4,"status":0}}');
    expect(
      isLegacyJson(
        message.content?.body?.$case === 'custom' ? message.content.body.value : { typeUrl: '', value: new Uint8Array() },
      ),
    ).toBe(true);
    const content = { body: { $case: 'text' as const, value: { text: 'a text' } } };
    expect(onlyOld(asFrame({ ...message, content }), BOX)).toEqual({
      cmd: 3,
      data: { sendId: 7, recvId: 9, content: 'a text', type: 0, status: 0 },
    });
  });

  it('other unknown fields stay', () => {
    const other = new Uint8Array([0xa2, 0x1f, 1, 65]);
    const field = LegacyField.encode({
      message: { profile: 'box-im', json: '{"type":0,"recvId":9,"sendId":7,"content":"hello","x":1}' },
    });
    const message = { ...HELLO, [UNKNOWN_FIELDS]: new Uint8Array([...other, ...field]) };
    expect(onlyOld(asFrame(message), BOX)).toEqual({ cmd: 3, data: { sendId: 7, recvId: 9, content: 'hello', type: 0, x: 1 } });
  });
});

describe('forged JSON', () => {
  const expectPlain = (more: object): void =>
    expect(onlyOld(asFrame({ ...HELLO, ...more }), BOX)).toEqual({ cmd: 3, data: PLAIN });

  it('never changes who sends what to whom', () => {
    expectPlain(forged({ ...PLAIN, sendId: 1 }));
    expectPlain(forged({ ...PLAIN, recvId: 3 }));
    expectPlain(forged({ ...PLAIN, content: 'other' }));
  });

  it('of another type, kind or profile is ignored', () => {
    expectPlain(forged({ sendId: 7, recvId: 9, content: '5', type: 10 }));
    expectPlain(forged({ type: 50, content: 'banned' }, 'box-im', Command.SYSTEM_MESSAGE));
    expectPlain(forged({ sendId: 7, groupId: 9, content: 'hello', type: 0 }, 'box-im', Command.GROUP_MESSAGE));
    expectPlain(forged({ ...PLAIN, x: 1 }, 'binghe'));
    expectPlain(forged({ sendId: 7, recvId: 9, type: 0, x: 1 }));
  });

  it('that cannot be read is ignored', () => {
    expectPlain({ [UNKNOWN_FIELDS]: new Uint8Array([0xa2, 0xfc, 0x22, 0xff]) });
    expectPlain(forged([1]));
    for (const member of ['"__proto__":{"id":1}', '"x":{"__proto__":1}', '"x":"\\ud800"', '"x":1,"x":2', '"x":1e999']) {
      const json = `${JSON.stringify(PLAIN).slice(0, -1)},${member}}`;
      expectPlain({ [UNKNOWN_FIELDS]: LegacyField.encode({ message: { profile: 'box-im', json } }) });
    }
    expectPlain(forged({ type: 'x' }));
  });

  it('as a custom body may only be what no body is for', () => {
    const custom = (json: object, fallback: string): object => ({
      ...HELLO,
      content: {
        fallback,
        body: { $case: 'custom', value: packAny(JsonMessage, { profile: 'box-im', json: JSON.stringify(json) }) },
      },
    });
    expect(onlyOld(asFrame(custom({ ...PLAIN, type: 10, content: '5' }, 'poll')), BOX)).toEqual({
      cmd: 3,
      data: { ...PLAIN, content: 'poll' },
    });
    expect(toOld({ type: 'SendInfo', message: asFrame(custom({ ...PLAIN, type: 10, content: '5' }, '')) }, BOX)).toEqual([]);
    const other = { sendId: 1, recvId: 9, content: 'poll', type: 4 };
    expect(onlyOld(asFrame(custom(other, 'poll')), BOX)).toMatchObject({ data: { sendId: 7, recvId: 9 } });
  });

  it('as a whole frame may only be what no command is for', () => {
    const whole = (json: string): unknown[] =>
      toOld(
        {
          type: 'SendInfo',
          message: { cmd: LEGACY_COMMAND, data: { $case: 'custom', value: packAny(JsonMessage, { profile: 'box-im', json }) } },
        },
        BOX,
      );
    expect(whole('{"cmd":77,"data":1}')).toEqual([{ cmd: 77, data: 1 }]);
    expect(whole('{"cmd":3,"data":{"sendId":1,"recvId":9,"content":"x","type":0}}')).toEqual([]);
    expect(whole('{')).toEqual([]);
  });
});
