import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  Command,
  type ConversationStateInit,
  Push,
  type PushInit,
  type ReceiveInfoInit,
  SyncPage,
  type SyncPageInit,
} from '../../generated/models.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { maxPageBytes, type PageFrame } from '../../src/conversation/page-frame.js';
import { groupRef } from '../../src/conversation/ref.js';
import { type CutSyncPage, cutSyncPage, type SyncItem, type SyncPageSource } from '../../src/conversation/sync-page.js';
import { SEED } from '../seed.js';

const sender = { userId: 5n, terminal: 1 };
const START = new Uint8Array([0]);
const MIB4 = 4_194_304;

function message(seq: bigint, bytes = 2, groupId = 7n): PushInit {
  const content = { messageId: seq + 100n, seq, body: { $case: 'text', value: { text: 'x'.repeat(bytes) } } } as const;
  return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value: { sender, groupId, content } } };
}

function stateOf(lastSeq: bigint, groupId = 7n): ConversationStateInit {
  return { conversation: groupRef(groupId), lastSeq };
}

const cursorAfter = (i: number): Uint8Array => new Uint8Array([1, i >> 8, i & 255]);

function itemsOf(pushes: readonly PushInit[], lastSeq = BigInt(pushes.length)): SyncItem[] {
  return pushes.map((push, i) => ({ push, state: stateOf(lastSeq), cursor: cursorAfter(i) }));
}

/** The frame of a page on its way to the client. */
function frameOf(page: SyncPageInit, replyTo: number, maxFrameBytes = 16_777_219): Uint8Array {
  return encodeFrame(
    'SendInfo',
    { cmd: Command.SYNC, replyTo, data: { $case: 'syncPage', value: page } },
    { maxFrameBytes, validate: false },
  );
}

function cut(source: Partial<SyncPageSource> & Pick<SyncPageSource, 'items'>): CutSyncPage {
  return cutSyncPage({ cursor: START, frame: { maxFrameBytes: 16_384 }, ...source });
}

describe('maxPageBytes', () => {
  /** A SyncPage of that many bytes, whatever the rules say of its cursor. */
  function pageOf(bytes: number): SyncPageInit {
    for (let cut = 0; ; cut++) {
      for (const more of [false, true]) {
        const page = { cursor: new Uint8Array(bytes - cut), more };
        if (SyncPage.encode(page).length === bytes) return page;
      }
    }
  }

  it.each([16_384, 16_385, 20_000, 1_048_576, MIB4])(
    'a page of that size makes a frame of %s bytes, one byte more is too much',
    (limit) => {
      for (const replyTo of [1, 127, 128, 0xffff_ffff]) {
        const bytes = maxPageBytes({ maxFrameBytes: limit, replyTo });
        for (const [size, frame] of [
          [bytes - 1, limit - 1],
          [bytes, limit],
          [bytes + 1, limit + 1],
        ] as const) {
          const page = pageOf(size);
          expect(SyncPage.encode(page).length).toBe(size);
          expect(frameOf(page, replyTo).length).toBe(frame);
        }
      }
    },
  );

  it('0 is the default of the handshake, and more than 4 MiB counts as 4 MiB', () => {
    expect(maxPageBytes({ maxFrameBytes: 0 })).toBe(maxPageBytes({ maxFrameBytes: 1_048_576 }));
    expect(maxPageBytes({ maxFrameBytes: 16_777_219 })).toBe(maxPageBytes({ maxFrameBytes: MIB4 }));
  });

  it('leaves room for the ReceiveInfo that brings the page to the server', () => {
    const receiveInfo: ReceiveInfoInit = {
      receivers: [{ terminal: 1, userIds: [5n] }],
      connectionId: 'c'.repeat(64),
      replyTo: 9,
      serviceName: 's'.repeat(64),
    };
    const bytes = maxPageBytes({ maxFrameBytes: MIB4, replyTo: 9, receiveInfo });
    const length = (size: number): number =>
      encodeFrame(
        'ReceiveInfo',
        { ...receiveInfo, cmd: Command.SYNC, data: { $case: 'syncPage', value: pageOf(size) } },
        { maxFrameBytes: 2 * MIB4, validate: false },
      ).length;
    expect([bytes - 1, bytes, bytes + 1].map(length)).toEqual([MIB4 - 1, MIB4, MIB4 + 1]);
    // With a smaller limit of the client that counts.
    const small = { maxFrameBytes: 16_384, replyTo: 9 };
    expect(maxPageBytes({ ...small, receiveInfo })).toBe(maxPageBytes(small));
  });

  it.each([1, 16_383, 16_777_220, 20_000.5, Number.NaN, -1])('refuses %s', (maxFrameBytes) => {
    expect(() => maxPageBytes({ maxFrameBytes })).toThrow(
      new RangeError(`maxFrameBytes: expected 0 or 16384 to 16777219, got ${maxFrameBytes}`),
    );
  });
});

describe('cutSyncPage', () => {
  it('takes all that fits, and ends with the cursor of the last item', () => {
    const items = itemsOf([message(1n), message(2n)]);
    const { page, taken, leftOut } = cut({ items });
    expect(page).toEqual({
      pushes: items.map(({ push }) => push),
      cursor: cursorAfter(1),
      more: false,
      reset: false,
      truncated: [],
    });
    expect([taken, leftOut]).toEqual([2, []]);
  });

  it('has the cursor of the request where nothing was missed', () => {
    expect(cut({ items: [] }).page).toMatchObject({ pushes: [], cursor: START, more: false });
  });

  it('says that more follows after the items', () => {
    expect(cut({ items: itemsOf([message(1n)]), more: true }).page.more).toBe(true);
  });

  test('the frame of a page with two pushes is at the limit, and one byte less leaves the second for the next page', () => {
    const frame = { maxFrameBytes: 16_384, replyTo: 5 };
    const second = (bytes: number): SyncItem[] => itemsOf([message(1n, 4000), message(2n, bytes)]);
    // Grow the second push until it does not fit any more.
    let bytes = 11_000;
    while (cut({ items: second(bytes + 1), frame }).taken === 2) bytes++;
    const { page } = cut({ items: second(bytes), frame });
    expect(frameOf(page, 5).length).toBe(16_384);
    expect(() => frameOf(page, 5, 16_383)).toThrow('FRAME_TOO_LARGE');
    expect(frameOf(cut({ items: second(bytes - 1), frame }).page, 5).length).toBe(16_383);
    const next = cut({ items: second(bytes + 1), frame });
    expect(next.page).toMatchObject({ more: true, cursor: cursorAfter(0) });
    expect(next.leftOut).toEqual([]);
  });

  test('a push is left out only where it does not fit alone: its conversation is named, and the cursor goes past it', () => {
    const frame = { maxFrameBytes: 16_384, replyTo: 5 };
    let bytes = 16_000;
    while (cut({ items: itemsOf([message(1n, bytes + 1)]), frame }).leftOut.length === 0) bytes++;
    const fits = cut({ items: itemsOf([message(1n, bytes)]), frame });
    expect(frameOf(fits.page, 5).length).toBe(16_384);
    const { page, leftOut, taken } = cut({ items: itemsOf([message(1n, bytes + 1), message(2n)]), frame });
    expect(page).toMatchObject({ pushes: [message(2n)], truncated: [stateOf(2n)], cursor: cursorAfter(1), more: false });
    expect([taken, leftOut]).toEqual([2, [message(1n, bytes + 1)]]);
  });

  it('names a conversation once, whatever it leaves out of it', () => {
    const items = itemsOf([message(1n, 20_000), message(2n, 20_000), message(3n)]);
    expect(cut({ items }).page.truncated).toEqual([stateOf(3n)]);
  });

  it('lists conversations over as many pages as it takes', () => {
    const items = Array.from({ length: 2500 }, (_, i) => ({ state: stateOf(1n, BigInt(i + 1)), cursor: cursorAfter(i) }));
    const frame = { maxFrameBytes: MIB4 };
    const pages = chain(items, { frame });
    expect(pages.map(({ page }) => page.truncated?.length)).toEqual([1000, 1000, 500]);
    expect(pages.flatMap(({ page }) => page.truncated)).toEqual(items.map(({ state }) => state));
  });

  it.each([
    [1, 1],
    [2, 2],
    [0, 1000],
    [1000, 1000],
  ])('with the limit %s it has %s pushes', (limit, expected) => {
    const items = itemsOf(Array.from({ length: 1001 }, (_, i) => message(BigInt(i + 1))));
    const { page, taken } = cut({ items, limit, frame: { maxFrameBytes: MIB4 } });
    expect([page.pushes?.length, taken, page.more]).toEqual([expected, expected, true]);
  });

  it('with reset and no room for an item beside it, the page is empty and has the new cursor', () => {
    const frame = { maxFrameBytes: 16_384, replyTo: 5 };
    let bytes = 16_000;
    while (cut({ items: itemsOf([message(1n, bytes + 1)]), frame }).leftOut.length === 0) bytes++;
    const items = itemsOf([message(1n, bytes)]);
    const first = cut({ items, frame, reset: true });
    expect(first).toMatchObject({ taken: 0, leftOut: [], page: { pushes: [], cursor: START, more: true, reset: true } });
    expect(cut({ items, frame }).page.pushes).toEqual([message(1n, bytes)]);
  });

  describe('per_conversation', () => {
    const pushes = [1n, 2n, 3n, 4n, 5n].map((seq) => message(seq));

    it('leaves out the oldest messages, and names the conversation', () => {
      const { page, leftOut } = cut({ items: itemsOf(pushes), perConversation: 2 });
      expect(page.pushes).toEqual(pushes.slice(3));
      expect(page.truncated).toEqual([stateOf(5n)]);
      expect(leftOut).toEqual(pushes.slice(0, 3));
    });

    it('counts over the chain of pages', () => {
      // Messages that came after the first page: last_seq grew.
      const first = cut({ items: itemsOf(pushes.slice(0, 3), 3n), perConversation: 2, more: true });
      expect(first.page.pushes).toEqual(pushes.slice(1, 3));
      const second = cut({ items: itemsOf(pushes.slice(3), 5n), perConversation: 2, given: first.given });
      expect(second.page).toMatchObject({ pushes: [], truncated: [stateOf(5n)] });
      expect(second.given).toEqual(new Map([['g_7', 2]]));
    });

    it('counts each conversation separately, and only messages', () => {
      const read: PushInit = {
        cmd: Command.READ,
        data: { $case: 'read', value: { conversation: groupRef(7n), reader: sender, upToSeq: 1n } },
      };
      const items = [...itemsOf([message(1n), message(1n, 2, 8n)], 1n), ...itemsOf([read, read, read])];
      expect(cut({ items, perConversation: 1 }).page.pushes).toHaveLength(5);
    });
  });

  test('a chain of pages loses nothing, repeats nothing, and each frame fits', () => {
    const sizes = fc.oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 7000, max: 9000 }),
      fc.integer({ min: 16_200, max: 16_400 }),
    );
    const kinds = fc.record({
      bytes: sizes,
      groupId: fc.bigInt({ min: 1n, max: 3n }),
      isState: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      cursorBytes: fc.integer({ min: 3, max: 1024 }),
    });
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 40 }), fc.integer({ min: 0, max: 12 }), fc.boolean(), (list, limit, reset) => {
        const items = list.map(({ bytes, groupId, isState, cursorBytes }, i): SyncItem => {
          const cursor = new Uint8Array(cursorBytes);
          cursor.set(cursorAfter(i));
          const push = isState ? undefined : message(BigInt(i + 1), bytes, groupId);
          return { push, state: stateOf(BigInt(list.length), groupId), cursor };
        });
        const frame = { maxFrameBytes: 16_384, replyTo: 77 };
        const pages = chain(items, { frame, limit, reset });
        for (const { page } of pages) expect(frameOf(page, 77, 16_384).length).toBeLessThanOrEqual(16_384);
        const given = pages.flatMap(({ page, leftOut }) => [...(page.pushes ?? []), ...leftOut]);
        const bySeq = (push: PushInit): number => items.findIndex((item) => item.push === push);
        expect(given.map(bySeq).sort((a, b) => a - b)).toEqual(items.flatMap(({ push }, i) => (push ? [i] : [])));
        // In order within what is given.
        const pushed = pages.flatMap(({ page }) => page.pushes ?? []).map(bySeq);
        expect(pushed).toEqual(pushed.toSorted((a, b) => a - b));
        // What is left out does not fit alone.
        for (const push of pages.flatMap(({ leftOut }) => leftOut)) {
          const { cursor } = items[bySeq(push)];
          expect(SyncPage.encode({ pushes: [push], cursor, more: true }).length).toBeGreaterThan(maxPageBytes(frame));
        }
        // The longest prefix: the next item does not fit, or is over the limit.
        for (const [i, { page, leftOut }] of pages.slice(0, -1).entries()) {
          const next = items[pages.slice(0, i + 1).reduce((sum, { taken }) => sum + taken, 0)];
          if (next.push === undefined || leftOut.length > 0 || page.pushes?.length === (limit || 1000)) continue;
          const larger = { ...page, pushes: [...(page.pushes ?? []), next.push], cursor: next.cursor };
          const isTooLarge = SyncPage.encode({ ...larger, more: false }).length > maxPageBytes(frame);
          const isAlone = Push.encode(next.push).length > maxPageBytes(frame) - 1100;
          expect(isTooLarge || isAlone || SyncPage.encode(larger).length > maxPageBytes(frame)).toBe(true);
        }
      }),
      { seed: SEED, numRuns: 150 },
    );
  });
});

/** Page by page, each from the cursor of the one before: as a platform serves a client. */
function chain(
  items: readonly SyncItem[],
  { frame, limit, reset }: { frame: PageFrame; limit?: number; reset?: boolean },
): CutSyncPage[] {
  const pages: CutSyncPage[] = [];
  let from = 0;
  let cursor = START;
  for (;;) {
    const isReset = reset === true && pages.length === 0;
    const page = cutSyncPage({ items: items.slice(from), cursor, frame, limit, reset: isReset });
    pages.push(page);
    from += page.taken;
    if (page.page.more !== true) break;
    // "With more = true the cursor differs from that of the request"; with reset that was another one.
    if (!isReset) expect(page.page.cursor).not.toEqual(cursor);
    cursor = new Uint8Array(page.page.cursor ?? []);
  }
  expect(from).toBe(items.length);
  return pages;
}
