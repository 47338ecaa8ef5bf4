import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendInfo } from '../../src/index.js';
import { StreamAssembler } from '../../src/live/index.js';
import { SEED } from '../seed.js';
import { chunk, conversation, streamed } from './chunks.js';

const OPEN = streamed({ state: 1 });

function takeAll(assembler: StreamAssembler, messages: readonly SendInfo[], nowMs = 0): (string | undefined)[] {
  return messages.map((message) => assembler.take(message, nowMs)?.text);
}

describe('chunks', () => {
  it('are put together in the order of their index, each once', () => {
    const assembler = new StreamAssembler();
    assembler.take(OPEN, 0);
    const one = chunk(1, 0, '你');
    const messages = [one, one, chunk(3, 2, 'c'), chunk(4, 3, 'd'), chunk(3, 2, 'c'), chunk(2, 1, 'b'), chunk(2, 1, 'b')];
    expect(takeAll(assembler, messages)).toEqual(['你', undefined, undefined, undefined, undefined, '你bcd', undefined]);
  });

  it('replace the text from their offset on, which counts UTF-16 units of their lane', () => {
    const assembler = new StreamAssembler();
    takeAll(assembler, [OPEN, chunk(1, 0, 'a😀b'), chunk(2, 0, 'why', { lane: 'reasoning' }), chunk(3, 3, 'c', { lane: '' })]);
    const update = assembler.take(chunk(4, 1, 'W', { lane: 'reasoning' }), 0);
    expect([...(update?.lanes ?? [])]).toEqual([
      ['', 'a😀c'],
      ['reasoning', 'wW'],
    ]);
  });

  it('beyond the end of their lane, and inside of a surrogate pair, are a gap that is never filled', () => {
    for (const [offset, text] of [
      [3, '😀'],
      [1, '😀'],
      [0xffff_ffff, '😀'],
    ] as const) {
      const assembler = new StreamAssembler();
      takeAll(assembler, [OPEN, chunk(1, 0, '😀')]);
      const gap = assembler.take(chunk(2, offset, 'x'), 0);
      expect([gap?.text, gap?.index, [...gap!.incomplete]]).toEqual([text, 2, ['']]);
      const next = assembler.take(chunk(3, 2, 'y'), 0);
      expect([next?.text, [...next!.incomplete]]).toEqual(['😀y', ['']]);
      expect([...assembler.take(chunk(4, 0, 'new'), 0)!.incomplete]).toEqual([]);
    }
  });

  it('may come before their message, and after it ends they are ignored', () => {
    const assembler = new StreamAssembler();
    expect(assembler.take(chunk(1, 0, 'a'), 0)?.text).toBe('a');
    expect(assembler.take(OPEN, 0)).toBeUndefined();
    expect(assembler.take(chunk(2, 1, 'b', { state: 2 }), 0)).toMatchObject({ text: 'ab', state: 2, source: 'chunks' });
    expect(takeAll(assembler, [chunk(3, 2, 'c'), chunk(2, 1, 'x')])).toEqual([undefined, undefined]);
    expect([assembler.size, assembler.takeControls(9e9)]).toEqual([0, []]);
  });

  it('that wait behind the end are never applied', () => {
    const assembler = new StreamAssembler();
    const messages = [chunk(3, 2, 'c'), chunk(2, 1, 'b', { state: 3 }), chunk(1, 0, 'a')];
    expect(takeAll(assembler, messages)).toEqual([undefined, undefined, 'ab']);
  });

  it('give the same text whatever is lost, repeated and reordered, once the missing ones are requested', () => {
    const order = fc.array(fc.nat(29), { maxLength: 60 });
    const property = fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 5 }), { minLength: 30, maxLength: 30 }),
      order,
      (pieces, arrivals) => {
        let text = '';
        const chunks = pieces.map((piece, i) => {
          const message = chunk(i + 1, text.length, piece, { state: i === 29 ? 2 : 1 });
          text += piece;
          return message;
        });
        const assembler = new StreamAssembler();
        let last = '';
        const take = (i: number): void => {
          last = assembler.take(chunks[i], 0)?.text ?? last;
          expect(text.startsWith(last)).toBe(true);
        };
        for (const i of arrivals) take(i);
        assembler.reconnected();
        const [control] = assembler.takeControls(0);
        for (let i = control?.afterIndex ?? (assembler.size === 0 && arrivals.length > 0 ? 30 : 0); i < 30; i++) take(i);
        expect(last).toBe(text);
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });
});

describe('the message', () => {
  it('has the text so far: chunks that are in it already are dropped', () => {
    const assembler = new StreamAssembler();
    takeAll(assembler, [chunk(7, 5, 'f'), chunk(6, 4, 'E')]);
    expect(assembler.take(streamed({ state: 1, text: 'abcde', index: 6 }), 0)).toMatchObject({ text: 'abcdef', index: 7 });
    expect(assembler.take(streamed({ state: 1, text: 'abc', index: 5 }), 0)).toBeUndefined();
    expect(assembler.take(chunk(8, 6, 'g'), 0)?.text).toBe('abcdefg');
  });

  it.each([2, 3, 4])('settles the text when it ends (state %d), also of a stream that nobody has followed', (state) => {
    const assembler = new StreamAssembler();
    takeAll(assembler, [OPEN, chunk(1, 0, 'wrong'), chunk(3, 9, 'x')]);
    const stored = streamed({ state, text: 'right', index: 3 });
    expect(assembler.take(stored, 0)).toMatchObject({
      messageId: 7n,
      conversation,
      text: 'right',
      state,
      index: 3,
      source: 'stored',
    });
    expect([assembler.size, assembler.take(chunk(4, 5, '!'), 0)]).toEqual([0, undefined]);
    expect(assembler.take(streamed({ state, text: 'other' }, 8n), 0)?.text).toBe('other');
  });

  it('that comes again with another body ends the stream', () => {
    const assembler = new StreamAssembler();
    takeAll(assembler, [OPEN, chunk(1, 0, 'a')]);
    const value = { groupId: 3n, content: { messageId: 7n, body: { $case: 'recall', value: { messageId: 7n } } } };
    expect(assembler.take({ data: { $case: 'groupMessage', value } } as never, 0)).toBeUndefined();
    expect([assembler.size, assembler.take(chunk(2, 1, 'b'), 0)]).toEqual([0, undefined]);
  });
});

describe('missing chunks', () => {
  it('are requested at once, then once a second until they come', () => {
    const assembler = new StreamAssembler();
    takeAll(assembler, [OPEN, chunk(1, 0, 'a')]);
    expect([assembler.takeControls(0), assembler.nextDeadlineMs]).toEqual([[], Number.POSITIVE_INFINITY]);
    assembler.take(chunk(3, 2, 'c'), 5);
    const control = { conversation, messageId: 7n, afterIndex: 1, resume: true };
    expect(assembler.takeControls(5)).toEqual([control]);
    expect([assembler.takeControls(1004), assembler.nextDeadlineMs]).toEqual([[], 1005]);
    expect(assembler.takeControls(1005)).toEqual([control]);
    assembler.take(chunk(2, 1, 'b'), 1006);
    expect(assembler.takeControls(9000)).toEqual([]);
  });

  it('are requested for all open streams after a reconnect', () => {
    const assembler = new StreamAssembler();
    takeAll(assembler, [OPEN, chunk(1, 0, 'a'), streamed({ state: 1 }, 8n)]);
    assembler.reconnected();
    expect(assembler.takeControls(0).map(({ messageId, afterIndex }) => [messageId, afterIndex])).toEqual([
      [7n, 1],
      [8n, 0],
    ]);
    expect(assembler.takeControls(5000)).toEqual([]);
    assembler.giveUp(7n);
    expect([assembler.size, assembler.take(chunk(2, 1, 'b'), 0)]).toEqual([1, undefined]);
  });
});

describe('limits', () => {
  const dropped = { source: 'dropped', messageId: 7n };

  it('16 lanes', () => {
    const assembler = new StreamAssembler();
    for (let i = 1; i <= 16; i++) expect(assembler.take(chunk(i, 0, 'x', { lane: `l${i}` }), 0)?.lanes.size).toBe(i);
    expect(assembler.take(chunk(17, 0, 'x', { lane: 'l17' }), 0)).toMatchObject(dropped);
    expect([assembler.size, assembler.take(chunk(18, 0, 'x'), 0)]).toEqual([0, undefined]);
  });

  it('16 lanes with a gap', () => {
    const assembler = new StreamAssembler();
    for (let i = 1; i <= 16; i++) assembler.take(chunk(i, 9, 'x', { lane: `l${i}` }), 0);
    expect(assembler.take(chunk(17, 9, 'x', { lane: 'l17' }), 0)).toMatchObject(dropped);
  });

  it.each([
    ['in one lane', () => ''],
    ['over all lanes', (i: number) => `l${i % 16}`],
  ])('1048576 bytes of text %s', (_title, laneOf) => {
    const fill = (): StreamAssembler => {
      const assembler = new StreamAssembler();
      const lengths = new Map<string, number>();
      // 3 bytes each.
      const piece = '你'.repeat(21_845);
      for (let i = 1; i <= 16; i++) {
        const lane = laneOf(i);
        const offset = lengths.get(lane) ?? 0;
        expect(assembler.take(chunk(i, offset, piece, { lane }), 0)?.source).toBe('chunks');
        lengths.set(lane, offset + piece.length);
      }
      return assembler;
    };
    const offset = laneOf(1) === '' ? 16 * 21_845 : 21_845;
    // 1048560 bytes are there.
    expect(fill().take(chunk(17, offset, 'x'.repeat(15), { lane: laneOf(1) }), 0)?.source).toBe('chunks');
    expect(fill().take(chunk(17, offset, 'x'.repeat(16), { lane: laneOf(1) }), 0)?.source).toBe('chunks');
    expect(fill().take(chunk(17, offset, 'x'.repeat(17), { lane: laneOf(1) }), 0)).toMatchObject(dropped);
    // What is replaced no longer counts.
    expect(fill().take(chunk(17, offset - 1, 'x'.repeat(19), { lane: laneOf(1) }), 0)?.source).toBe('chunks');
    expect(fill().take(chunk(17, offset - 1, 'x'.repeat(20), { lane: laneOf(1) }), 0)).toMatchObject(dropped);
  });

  it('256 chunks that wait, and their bytes', () => {
    const assembler = new StreamAssembler();
    for (let i = 2; i <= 257; i++) expect(assembler.take(chunk(i * 1000, 0, 'x'), 0)).toBeUndefined();
    expect(assembler.take(chunk(0xffff_ffff, 0, 'x'), 0)).toMatchObject(dropped);
    const large = new StreamAssembler();
    for (let i = 2; i <= 17; i++) expect(large.take(chunk(i, 0, 'x'.repeat(65_536)), 0)).toBeUndefined();
    expect(large.take(chunk(18, 0, 'x'), 0)).toMatchObject(dropped);
  });

  it('64 streams, of which one that has been silent for a minute makes room', () => {
    const assembler = new StreamAssembler();
    const of = (id: number, nowMs: number) => assembler.take(chunk(1, 0, 'x', { messageId: BigInt(id) }), nowMs);
    for (let id = 1; id <= 64; id++) expect(of(id, id)?.text).toBe('x');
    expect([of(65, 60_000), assembler.size]).toEqual([undefined, 64]);
    // The message is settled all the same.
    expect(assembler.take(streamed({ state: 2, text: 'all' }, 65n), 60_000)?.text).toBe('all');
    expect(of(66, 60_001)?.text).toBe('x');
    expect([assembler.size, of(1, 60_001)]).toEqual([64, undefined]);
  });
});
