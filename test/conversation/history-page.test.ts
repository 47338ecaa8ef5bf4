import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Command, HistoryPage, type HistoryPageInit, type HistoryRequestInit, type PushInit } from '../../generated/models.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import {
  type CutHistoryPage,
  cutHistoryPage,
  type HistoryItem,
  type HistoryPageSource,
} from '../../src/conversation/history-page.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const sender = { userId: 5n, terminal: 1 };
const FRAME = { maxFrameBytes: 16_384, replyTo: 5 };

function push(content: object): PushInit {
  return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value: { sender, groupId: 7n, content } } };
}
const message = (seq: bigint, bytes = 2): PushInit =>
  push({ messageId: seq + 100n, seq, body: { $case: 'text', value: { text: 'x'.repeat(bytes) } } });
const reaction = (seq: bigint, key = 'k'): PushInit =>
  push({ messageId: 900n, seq: 900n, body: { $case: 'reaction', value: { messageId: seq + 100n, key } } });
const item = (seq: bigint, bytes = 2, changes: readonly PushInit[] = []): HistoryItem => ({ push: message(seq, bytes), changes });

function frameOf(page: HistoryPageInit, maxFrameBytes = 16_384): Uint8Array {
  const data = { $case: 'historyPage', value: page } as const;
  return encodeFrame('SendInfo', { cmd: Command.HISTORY, replyTo: 5, data }, { maxFrameBytes });
}

function cut(request: HistoryRequestInit, items: readonly HistoryItem[], rest: Partial<HistoryPageSource> = {}): CutHistoryPage {
  return cutHistoryPage({ request, items, firstSeq: 1n, lastSeq: 100n, frame: FRAME, ...rest });
}

const OLDEST = { afterSeq: 0n, oldest: true };
const NEWEST = {};

describe('cutHistoryPage', () => {
  it('has all messages and changes where they fit, and the range that they are complete for', () => {
    const items = [item(3n, 2, [reaction(3n)]), item(9n, 2, [reaction(9n, 'a'), reaction(9n, 'b')])];
    expect(cut(NEWEST, items).page).toEqual({
      pushes: [message(3n), message(9n)],
      more: false,
      firstSeq: 1n,
      lastSeq: 100n,
      changes: [reaction(3n), reaction(9n, 'a'), reaction(9n, 'b')],
    });
  });

  it('covers a range in which everything was deleted, and none where there is none', () => {
    expect(cut(NEWEST, [], { firstSeq: 5n, lastSeq: 7n }).page).toMatchObject({
      pushes: [],
      firstSeq: 5n,
      lastSeq: 7n,
      more: false,
    });
    expect(cut(NEWEST, [], { firstSeq: 8n, lastSeq: 7n }).page).toMatchObject({ firstSeq: 0n, lastSeq: 0n });
  });

  it.each<[HistoryRequestInit, bigint[], bigint, bigint]>([
    [{ afterSeq: 1n }, [3n, 9n], 1n, 10n],
    [{ oldest: true }, [3n, 9n], 1n, 10n],
    [{ beforeSeq: 50n, oldest: true }, [3n, 9n], 1n, 10n],
    [{ afterSeq: 1n, beforeSeq: 50n, oldest: true }, [3n, 9n], 1n, 10n],
    [{ beforeSeq: 50n }, [9n, 11n], 4n, 100n],
    [{ afterSeq: 1n, beforeSeq: 50n }, [9n, 11n], 4n, 100n],
    [{}, [9n, 11n], 4n, 100n],
  ])('%o: two of the messages 3, 9, 11', (request, seqs, firstSeq, lastSeq) => {
    const { page, taken } = cut({ ...request, limit: 2 }, [item(3n), item(9n), item(11n)]);
    expect(page).toMatchObject({ pushes: seqs.map((seq) => message(seq)), firstSeq, lastSeq, more: true });
    expect(taken).toBe(2);
  });

  test.each([OLDEST, NEWEST])(
    'the frame is at the limit, and with one byte more the page has one message less: %o',
    (request) => {
      const both = (bytes: number): CutHistoryPage => cut(request, [item(1n, 4000), item(2n, bytes)], { lastSeq: 2n });
      let bytes = 11_000;
      while (both(bytes + 1).taken === 2) bytes++;
      expect(frameOf(both(bytes).page).length).toBe(16_384);
      expect(frameOf(both(bytes - 1).page).length).toBe(16_383);
      const { page, leftOut } = both(bytes + 1);
      expect([page.pushes?.length, page.more, leftOut]).toEqual([1, true, []]);
    },
  );

  it('gives as many changes as fit beside a message alone, and leaves out a message that does not fit', () => {
    const changes = Array.from({ length: 1000 }, (_, i) => reaction(1n, `k${i}`));
    const { page, leftOut } = cut(OLDEST, [item(1n, 2, changes), item(2n)]);
    expect(page.pushes).toEqual([message(1n)]);
    expect([...(page.changes ?? []), ...leftOut]).toEqual(changes);
    expect(frameOf(page).length).toBeGreaterThan(16_384 - 60);
    const large = cut(OLDEST, [item(1n, 20_000, [reaction(1n)]), item(2n)]);
    expect(large.page.pushes).toEqual([message(2n)]);
    expect(large.leftOut).toEqual([message(1n, 20_000), reaction(1n)]);
    expect(large.page).toMatchObject({ firstSeq: 1n, lastSeq: 100n, more: false });
  });

  it.each<[string, HistoryItem[], string]>([
    [
      'READ',
      [{ push: { cmd: Command.READ, data: { $case: 'read', value: {} } } }],
      'items[0].push: expected a private, group or system message, got read',
    ],
    ['no data', [item(1n), { push: { cmd: 4 } }], 'items[1].push: expected a private, group or system message, got no data'],
    ['a message without a seq', [item(0n)], 'items[0].push: expected a seq from 1 to 100, got 0'],
    ['a seq twice', [item(5n), item(5n)], 'items[1].push: expected a seq from 6 to 100, got 5'],
    ['a seq beyond the range', [item(101n)], 'items[0].push: expected a seq from 1 to 100, got 101'],
  ])('refuses %s', (_what, items, text) => {
    const path = text.slice(0, text.indexOf(':'));
    expect(thrownBy(() => cut(NEWEST, items))).toMatchObject({
      code: 'INVALID_MESSAGE',
      path,
      message: `[INVALID_MESSAGE] ${text}`,
    });
  });

  test('a chain of pages in either direction loses nothing, repeats nothing, and each frame fits', () => {
    const sizes = fc.oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 7000, max: 9000 }),
      fc.integer({ min: 16_250, max: 16_400 }),
    );
    const kinds = fc.record({ gap: fc.bigInt({ min: 1n, max: 90n }), bytes: sizes, changes: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 25 }), fc.integer({ min: 0, max: 9 }), fc.boolean(), (list, limit, oldest) => {
        let seq = 0n;
        const items = list.map(({ gap, bytes, changes }) => {
          seq += gap;
          return item(
            seq,
            bytes,
            Array.from({ length: changes }, (_, i) => reaction(seq, `k${i}`)),
          );
        });
        const last = seq + 3n;
        const pages = history(items, last, limit, oldest);
        const given = pages.flatMap(({ page, leftOut }) => [...(page.pushes ?? []), ...(page.changes ?? []), ...leftOut]);
        const expected = items.flatMap(({ push: one, changes = [] }) => [one, ...changes]);
        expect(given.map((one) => expected.indexOf(one)).sort((a, b) => a - b)).toEqual([...expected.keys()]);
        for (const { page } of pages) expect(frameOf(page).length).toBeLessThanOrEqual(16_384);
        // The ranges lie side by side and cover everything.
        const ranges = pages.map(({ page }) => [page.firstSeq, page.lastSeq] as const);
        const ascending = oldest ? ranges : ranges.toReversed();
        expect(ascending[0]?.[0]).toBe(1n);
        expect(ascending.at(-1)?.[1]).toBe(last);
        for (const [i, [first]] of ascending.entries()) if (i > 0) expect(first).toBe((ascending[i - 1]?.[1] ?? 0n) + 1n);
        // What is left out does not fit beside its message alone.
        for (const { leftOut } of pages) {
          for (const one of leftOut) {
            const of = items.find(({ push: owner, changes = [] }) => owner === one || changes.includes(one)) as HistoryItem;
            const alone = { pushes: [of.push], changes: of.changes, firstSeq: 1n << 40n, lastSeq: 1n << 40n, more: true };
            expect(HistoryPage.encode(alone as HistoryPageInit).length).toBeGreaterThan(16_384 - 60);
          }
        }
      }),
      { seed: SEED, numRuns: 150 },
    );
  });
});

/** Page by page, as a client asks for them. */
function history(all: readonly HistoryItem[], last: bigint, limit: number, oldest: boolean): CutHistoryPage[] {
  const pages: CutHistoryPage[] = [];
  const seqOf = ({ push: { data } }: HistoryItem): bigint =>
    data?.$case === 'groupMessage' ? (data.value.content?.seq ?? 0n) : 0n;
  let firstSeq = 1n;
  let lastSeq = last;
  for (;;) {
    const items = all.filter((one) => seqOf(one) >= firstSeq && seqOf(one) <= lastSeq);
    const request = oldest ? { afterSeq: firstSeq - 1n, oldest, limit } : { beforeSeq: lastSeq + 1n, limit };
    const page = cutHistoryPage({ request, items, firstSeq, lastSeq, frame: FRAME });
    pages.push(page);
    if (page.page.more !== true) return pages;
    // Each page goes on: the range is never empty while more follows.
    if (oldest) {
      expect(page.page.lastSeq).toBeGreaterThanOrEqual(firstSeq);
      firstSeq = (page.page.lastSeq ?? 0n) + 1n;
    } else {
      expect(page.page.firstSeq).toBeLessThanOrEqual(lastSeq);
      lastSeq = (page.page.firstSeq ?? 0n) - 1n;
    }
  }
}
