import { describe, expect, it } from 'vitest';
import { groupRef, privateRef } from '../../src/conversation/index.js';
import { Command, HistoryPage, type PushInit, SyncPage } from '../../src/index.js';
import { text, World } from './model/world.js';

const HIGHEST = 2n ** 63n - 1n;

describe('pages of SYNC', () => {
  it('stops at a cursor that does not move with more, with an error', () => {
    const world = new World();
    world.page({ pushes: [text(1n)], more: true });
    world.page({ pushes: [text(2n)], more: true });
    expect(world.sync.status.state).toBe('failed');
    expect(world.notices).toEqual(['[INVALID_MESSAGE] a page of SYNC with more, whose cursor has not moved']);
    world.wait(1_000_000);
    expect(world.requests('sync')).toHaveLength(2);
  });

  it.each([255, 256, 257])('goes on after %i pages without news only below 256', (pages) => {
    const world = new World();
    for (let i = 0; i < pages && world.sync.status.state === 'syncing'; i++) {
      world.page({ cursor: Uint8Array.of(2, i & 255, i >> 8), more: true });
    }
    const isStopped = pages >= 256;
    expect(world.sync.status.state).toBe(isStopped ? 'failed' : 'syncing');
    expect(world.requests('sync')).toHaveLength(isStopped ? 256 : pages + 1);
  });

  it('reports descending seqs in order', () => {
    const world = new World();
    world.page({ pushes: [text(1n), text(4n), text(3n), text(2n)] });
    expect(world.seqs).toEqual([1n, 2n, 3n, 4n]);
  });

  it('skips conversations of others, rooms and unknown commands, with a notice, and takes the rest', () => {
    const world = new World();
    const foreign: PushInit = {
      cmd: Command.READ,
      data: { $case: 'read', value: { conversation: privateRef(8n, 9n), reader: { userId: 8n, terminal: 1 }, upToSeq: 1n } },
    };
    const state = { conversation: { kind: { $case: 'roomId', value: 5n } } } as const;
    world.page({ pushes: [foreign, { cmd: 999 }, text(1n)], truncated: [state] });
    expect(world.seqs).toEqual([1n]);
    expect(world.notices).toEqual([
      '[INVALID_MESSAGE] skipped a push of a conversation of other users',
      '[INVALID_MESSAGE] skipped a push with command 999',
      '[INVALID_MESSAGE] skipped a push of a room, which stores nothing',
    ]);
  });

  it('keeps a conversation of an unknown kind, and does not report it', () => {
    const world = new World();
    const page = SyncPage.decode(
      // truncated: a state whose ref has a member 9, a varint.
      Uint8Array.of(0x12, 1, 5, 0x2a, 6, 0x0a, 2, 0x48, 1, 0x18, 3),
    );
    world.page(page);
    expect(world.changes).toEqual([]);
    expect(world.disk.entries.get('c/x_4801')).toBeDefined();
    expect(world.sync.status.state).toBe('synced');
  });

  it('merges states that go backwards', () => {
    const world = new World();
    const conversation = groupRef(7n);
    world.page({ truncated: [{ conversation, revision: 2n, lastSeq: 9n, readSeq: 5n, unreadCount: 4, mutedUntilMs: 8n }] });
    const push = (value: object): PushInit => ({
      cmd: Command.CONVERSATION,
      data: { $case: 'conversation', value: { conversation, ...value } },
    });
    world.push(push({ revision: 1n, lastSeq: 3n, readSeq: 2n, unreadCount: 1 }));
    const last = world.changes.filter((change) => change.type === 'conversation').at(-1);
    expect(last?.conversation).toMatchObject({
      unreadCount: 4,
      readSeq: 5n,
      state: { revision: 2n, lastSeq: 9n, mutedUntilMs: 8n },
    });
  });
});

describe('live pushes', () => {
  it('of a thousand unknown commands are skipped with at most 16 notices for each batch', () => {
    const world = new World();
    world.page({});
    world.push(...Array.from({ length: 1000 }, (_, i) => ({ cmd: 500 + (i % 100) })), text(1n));
    expect(world.notices.length).toBeLessThanOrEqual(4 * 16);
    expect(world.seqs).toEqual([1n]);
  });

  it.each([4095, 4096, 4097])('%i of them wait during a SYNC; beyond 4096 another SYNC follows', (count) => {
    const world = new World();
    world.push(...Array.from({ length: count }, (_, i) => text(BigInt(i + 1))));
    world.page({});
    expect(world.requests('sync')).toHaveLength(count > 4096 ? 2 : 1);
    world.page({ cursor: Uint8Array.of(2) });
    expect(world.seqs).toHaveLength(Math.min(count, 4096));
  });

  it('a seq of 9223372036854775807 leaves a known gap in place of endless requests', () => {
    const world = new World();
    world.page({ pushes: [text(1n)] });
    world.push(text(HIGHEST, 2n));
    for (let i = 0; i < 50; i++) world.wait(1000);
    expect(world.requests('history')).toHaveLength(0);
    expect(world.seqs).toEqual([1n, HIGHEST]);
    const last = world.changes.filter((change) => change.type === 'conversation').at(-1);
    expect(last?.conversation.gaps).toEqual([{ firstSeq: 2n, lastSeq: HIGHEST - 1n }]);
  });

  it('asks for a hole once, after it has stood for a second', () => {
    const world = new World();
    world.page({ pushes: [text(1n)] });
    world.push(text(4n));
    world.wait(999);
    expect(world.requests('history')).toHaveLength(0);
    world.wait(1);
    world.wait(5000);
    expect(world.requests('history').map(({ data }) => data)).toEqual([
      { conversation: groupRef(7n), afterSeq: 1n, beforeSeq: 4n, oldest: true },
    ]);
    world.sync.reply(
      world.requests('history')[0].id,
      HistoryPage.create({ pushes: [text(3n)], firstSeq: 2n, lastSeq: 3n }),
      world.nowMs,
    );
    world.run();
    world.wait(5000);
    expect(world.requests('history')).toHaveLength(1);
    expect(world.seqs).toEqual([1n, 3n, 4n]);
  });

  it('never asks below the first message of a conversation that nobody has listed', () => {
    const world = new World();
    world.page({});
    world.push(text(40n));
    world.wait(5000);
    expect(world.requests('history')).toHaveLength(0);
    expect(world.seqs).toEqual([40n]);
  });

  it('takes a message_id once, whatever its seq and conversation', () => {
    const world = new World();
    world.page({});
    world.push(text(1n), text(1n), text(2n, 1n), text(1n, 1n, 8n));
    expect(world.seqs).toEqual([1n]);
    expect(world.notices).toContain('[INVALID_MESSAGE] two places of the same message_id');
  });

  it('every second seq keeps at most 64 pieces; HISTORY has the rest', () => {
    const world = new World();
    world.page({ pushes: [text(1n)] });
    for (let seq = 3n; seq < 1003n; seq += 2n) world.push(text(seq));
    const stored = world.events.filter((event) => event.type === 'stored');
    expect(stored.filter(({ isStored }) => isStored)).toHaveLength(64);
    world.wait(1000);
    expect(world.requests('history')).toHaveLength(1);
  });
});

describe('pages of HISTORY', () => {
  const hole = (): World => {
    const world = new World();
    world.page({ pushes: [text(1n)] });
    world.push(text(9n));
    world.wait(1000);
    return world;
  };
  const answer = (world: World, page: object): void => {
    world.sync.reply(world.requests('history').at(-1)!.id, HistoryPage.create(page), world.nowMs);
    world.run();
  };

  it.each([
    ['another conversation', { pushes: [text(2n, 20n, 8n)], firstSeq: 2n, lastSeq: 8n }],
    ['descending seqs', { pushes: [text(3n), text(2n)], firstSeq: 2n, lastSeq: 8n }],
    ['seqs that were not asked for', { pushes: [text(9n)], firstSeq: 2n, lastSeq: 9n }],
    ['seq 0', { pushes: [text(0n, 5n)], firstSeq: 2n, lastSeq: 8n }],
  ])('with %s is refused; the hole stays a known gap', (_, page) => {
    const world = hole();
    answer(world, page);
    expect(world.notices).toHaveLength(1);
    expect(world.seqs).toEqual([1n, 9n]);
    for (let i = 0; i < 10; i++) world.wait(1000);
    expect(world.requests('history')).toHaveLength(1);
  });

  it('that never goes on with more is not asked for again', () => {
    const world = hole();
    for (let i = 0; i < 20; i++) {
      answer(world, { more: true, firstSeq: 0n, lastSeq: 0n });
      world.wait(1000);
    }
    expect(world.requests('history')).toHaveLength(1);
    expect(world.seqs).toEqual([1n, 9n]);
  });

  it('that goes on by one seq without messages is asked for 8 times at most', () => {
    const world = new World();
    world.page({ pushes: [text(1n)] });
    world.push(text(1000n));
    world.wait(1000);
    for (let i = 2n; i < 100n; i++) {
      answer(world, { more: true, firstSeq: i, lastSeq: i });
      world.wait(1000);
    }
    expect(world.requests('history')).toHaveLength(8);
    expect(world.seqs).toEqual([1n, 1000n]);
  });
});
