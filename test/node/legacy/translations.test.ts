// A broadcast to older clients is translated once, and each of them gets what is meant for it.
import { expect, it } from 'vitest';
import { Command, createHello, encodeFrame, type SendInfoInit } from '../../../src/index.js';
import { legacyProfile } from '../../../src/legacy/index.js';
import { Translations } from '../../../src/node/legacy/translations.js';
import { SharedFrame } from '../../../src/session/index.js';
import { host } from '../host.js';
import { OlderClient } from './older-client.js';

const BOX_IM = legacyProfile('box-im');
const SENDER = { userId: 5n, terminal: 2 };

const toGroup = (text: string): SendInfoInit => ({
  cmd: Command.GROUP_MESSAGE,
  data: { $case: 'groupMessage', value: { sender: SENDER, groupId: 9n, content: { body: { $case: 'text', value: { text } } } } },
});
const READ: SendInfoInit = {
  cmd: Command.READ,
  data: {
    $case: 'read',
    value: { conversation: { kind: { $case: 'private', value: { lowerId: 5n, higherId: 7n } } }, reader: SENDER, upToSeq: 1n },
  },
};

it('texts are the same arrays for all receivers, unless they depend on the receiver', () => {
  const translations = new Translations(BOX_IM);
  const frame = encodeFrame('SendInfo', toGroup('hi'));
  const translation = translations.of(frame)!;
  expect(translations.of(frame)).toBe(translation);
  expect(translation.textsFor(8n)).toBe(translation.textsFor(7n));
  const [text] = translation.textsFor(7n);
  expect([...text.framed.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 0, 0, text.message.length]);
  expect(Buffer.from(text.message).toString()).toBe(
    '{"cmd":4,"data":{"groupId":9,"sendId":5,"content":"hi","type":0,"receipt":false,"readedCount":0,"status":0}}',
  );
  const read = translations.of(encodeFrame('SendInfo', READ))!;
  const types = [5n, 7n, 5n].map((id) => JSON.parse(Buffer.from(read.textsFor(id)[0].message).toString()).data.type);
  expect(types).toEqual([11, 12, 11]);
  expect(translations.of(encodeFrame('Hello', createHello()))).toBeUndefined();
});

it('connections share the translation of a broadcast', async () => {
  let reads = 0;
  const counting = {
    ...BOX_IM,
    get keys() {
      reads += 1;
      return BOX_IM.keys;
    },
  };
  const login = ({ accessToken }: { accessToken: string }) => ({ userId: BigInt(accessToken), terminal: 1 });
  const { port, logins } = await host({ legacy: counting, login });
  const clients = [
    await (await OlderClient.websocket(port)).login('5'),
    await (await OlderClient.tcp(port, 8)).login('7'),
    await (await OlderClient.websocket(port)).login('8'),
  ];
  const broadcast = async (message: SendInfoInit, count: number): Promise<number> => {
    const before = reads;
    const shared = SharedFrame.of(message);
    for (const connection of logins.slice(0, count)) shared.pushTo(connection);
    const [first] = clients;
    const expected = first.texts.length + 1;
    await Promise.all(clients.slice(0, count).map((client, i) => client.count(i === 0 ? expected : client.texts.length + 1)));
    return reads - before;
  };
  const alone = await broadcast(toGroup('to one'), 1);
  expect(alone).toBeGreaterThan(0);
  expect(await broadcast(toGroup('to all'), 3)).toBe(alone);
  await broadcast(READ, 2);
  expect(clients.map(({ messages }) => messages.slice(1).map(({ data }) => data))).toEqual([
    [{ content: 'to one' }, { content: 'to all' }, { type: 11 }].map((part) => expect.objectContaining(part)),
    [{ content: 'to all' }, { type: 12 }].map((part) => expect.objectContaining(part)),
    [{ content: 'to all' }].map((part) => expect.objectContaining(part)),
  ]);
});
