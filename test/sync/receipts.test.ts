import { describe, expect, it } from 'vitest';
import { groupRef, privateRef } from '../../src/conversation/index.js';
import { Command, type PushInit, type ReceiptsInit } from '../../src/index.js';
import { StoredConversations } from '../../src/sync/stored-conversations.js';
import { text, World } from './model/world.js';

function receipts(value: ReceiptsInit): PushInit {
  return { cmd: Command.RECEIPTS, data: { $case: 'receipts', value } };
}

/** A device with the messages 1 and 2. */
function device(): World {
  const world = new World();
  world.page({ pushes: [text(1n, 101n), text(2n, 102n)] });
  return world;
}

const counts = (world: World) =>
  world.changes.flatMap((change) =>
    change.type === 'changed' && change.by === 'receipt'
      ? [[change.message.messageId, change.message.receipt?.delivered, change.message.receipt?.read]]
      : [],
  );

describe('RECEIPTS', () => {
  it('of several messages change each of them, and are stored', async () => {
    const world = device();
    const items = [
      { messageId: 101n, delivered: 2, read: 1, total: 3 },
      { messageId: 102n, delivered: 1, read: 0, total: 3 },
    ];
    world.push(receipts({ conversation: groupRef(7n), items }));
    expect(counts(world)).toEqual([
      [101n, 2, 1],
      [102n, 1, 0],
    ]);
    const { messages } = await new StoredConversations(world.disk.storage).messages('g_7', {});
    expect(messages.map(({ receipt }) => receipt?.delivered)).toEqual([1, 2]);
  });

  it('never lower the counts of earlier ones', () => {
    const world = device();
    const of = (delivered: number, read: number): PushInit =>
      receipts({ conversation: groupRef(7n), items: [{ messageId: 101n, delivered, read, total: 5 }] });
    world.push(of(4, 2), of(3, 3));
    expect(counts(world).at(-1)).toEqual([101n, 4, 3]);
  });

  it('stay when the message is recalled', () => {
    const world = device();
    world.push(receipts({ conversation: groupRef(7n), items: [{ messageId: 101n, delivered: 2, read: 1, total: 3 }] }));
    const content = { messageId: 103n, seq: 3n, body: { $case: 'recall', value: { messageId: 101n } } } as const;
    const value = { sender: { userId: 2n, terminal: 1 }, groupId: 7n, content };
    world.push({ cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value } });
    const last = world.changes.filter((change) => change.type === 'changed').at(-1);
    expect(last).toMatchObject({ by: 'recall', message: { messageId: 101n, receipt: { delivered: 2, read: 1 } } });
  });

  it.each([
    ['of a message that the device lacks', groupRef(7n), 999n],
    ['of a message of another conversation', groupRef(8n), 101n],
    ['of a conversation of other users', privateRef(8n, 9n), 101n],
  ])('%s change nothing', (_, conversation, messageId) => {
    const world = device();
    const before = world.disk.revision;
    world.push(receipts({ conversation, items: [{ messageId, delivered: 2, read: 1, total: 3 }] }));
    expect(counts(world)).toEqual([]);
    expect(world.disk.revision).toBe(before);
  });
});
