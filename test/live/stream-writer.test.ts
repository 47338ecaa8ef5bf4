import { describe, expect, it } from 'vitest';
import { StreamState } from '../../src/index.js';
import { StreamAssembler, StreamWriter, writeStream } from '../../src/live/index.js';
import { conversation } from './chunks.js';

const OPTIONS = { conversation, messageId: 7n, intervalMs: 100 };
const brief = (chunks: readonly { index: number; offset: number; text: string; lane: string; state: number }[]) =>
  chunks.map(({ index, offset, text, lane, state }) => `${index} ${lane}@${offset} ${text} ${state}`);

describe('a StreamWriter', () => {
  it('makes at most one chunk per lane change and interval', () => {
    const writer = new StreamWriter(OPTIONS);
    expect([writer.nextDeadlineMs, writer.take(0)]).toEqual([Number.POSITIVE_INFINITY, []]);
    writer.write('a');
    expect(brief(writer.take(0))).toEqual(['1 @0 a 1']);
    for (const [text, lane] of [['b'], ['c'], ['why', 'reasoning'], ['d']] as const) writer.write(text, lane);
    expect([writer.take(99), writer.nextDeadlineMs]).toEqual([[], 100]);
    expect(brief(writer.take(100))).toEqual(['2 @1 bc 1', '3 reasoning@0 why 1', '4 @3 d 1']);
    expect(writer.content()).toMatchObject({ text: 'abcd', state: StreamState.OPEN, index: 4 });
  });

  it('ends with a chunk that has the state, and writes nothing more', () => {
    const writer = new StreamWriter(OPTIONS);
    writer.write('a');
    writer.take(0);
    writer.write('b');
    writer.end(StreamState.FAILED, 'the model failed');
    expect(writer.content()).toMatchObject({ text: 'a', state: StreamState.OPEN, index: 1, error: '' });
    expect(brief(writer.take(1))).toEqual(['2 @1 b 4']);
    writer.write('c');
    writer.end();
    expect([writer.take(500), writer.hasPending]).toEqual([[], false]);
    expect(writer.content()).toMatchObject({ text: 'ab', state: StreamState.FAILED, index: 2, error: 'the model failed' });
    const silent = new StreamWriter(OPTIONS);
    silent.end();
    expect(brief(silent.take(0))).toEqual(['1 @0  2']);
  });

  it('keeps surrogate pairs whole, and replaces what has no other half', () => {
    const writer = new StreamWriter({ ...OPTIONS, maxChunkBytes: 4 });
    for (const text of ['a\ud83d', '\ude00', 'b\udc00c', '\ud83d']) writer.write(text);
    writer.end();
    const chunks = writer.take(0);
    expect(chunks.map(({ text }) => text)).toEqual(['a', '😀', 'b', '\ufffd', 'c', '\ufffd']);
    expect(chunks.map(({ offset }) => offset)).toEqual([0, 1, 3, 4, 5, 6]);
    expect(writer.content().text).toBe('a😀b\ufffdc\ufffd');
  });

  it('answers STREAM_CONTROL: with the chunks that were sent, and by its end', () => {
    const writer = new StreamWriter({ ...OPTIONS, maxChunkBytes: 4 });
    writer.write('abc');
    writer.take(0);
    writer.write('d');
    expect(brief(writer.answer({ resume: true, afterIndex: 1 }))).toEqual(['2 @1 b 1', '3 @2 c 1']);
    expect([writer.answer({ resume: true, afterIndex: 3 }), writer.answer({ resume: true, afterIndex: 0xffff_ffff })]).toEqual([
      [],
      [],
    ]);
    expect(brief(writer.answer({}))).toEqual(['4 @3 d 3']);
    expect(writer.content()).toMatchObject({ text: 'abcd', state: StreamState.CANCELLED });
    expect(brief(writer.answer({ resume: true, afterIndex: 3 }))).toEqual(['4 @3 d 3']);
    expect(writer.answer({})).toEqual([]);
  });

  it('refuses a STREAM_CONTROL for another message or conversation', () => {
    const writer = new StreamWriter(OPTIONS);
    writer.write('secret');
    writer.take(0);
    const other = { kind: { $case: 'groupId', value: 4711n } } as const;
    for (const control of [
      { conversation: other, messageId: 7n },
      { conversation, messageId: 8n },
      { conversation: { kind: undefined }, messageId: 7n },
    ]) {
      for (const resume of [true, false])
        expect(() => writer.answer({ ...control, resume })).toThrow('the conversation has no such message');
    }
    expect(writer.state).toBe(StreamState.OPEN);
    expect(brief(writer.answer({ conversation, messageId: 7n, resume: true, afterIndex: 0 }))).toEqual(['1 @0 secret 1']);
  });

  it('has limits: 16 lanes and 1048576 bytes of text, 48 of which are for halves', () => {
    const writer = new StreamWriter(OPTIONS);
    for (let i = 1; i <= 16; i++) writer.write('x', `l${i}`);
    expect(() => writer.write('x', 'l17')).toThrow('[INVALID_MESSAGE] 17 lanes, limit 16');
    const long = new StreamWriter(OPTIONS);
    long.write('x'.repeat(1_048_576 - 48));
    expect(() => long.write('x')).toThrow('[INVALID_MESSAGE] 1048529 bytes of text, limit 1048576');
    expect(() => new StreamWriter({ ...OPTIONS, maxChunkBytes: 3 })).toThrow(RangeError);
    expect(() => new StreamWriter({ ...OPTIONS, maxChunkBytes: 65_537 })).toThrow(RangeError);
    expect(() => new StreamWriter({ ...OPTIONS, intervalMs: -1 })).toThrow(RangeError);
  });
});

/** A clock that goes on by what is waited for. */
function fakeClock() {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    wait: async (ms: number) => {
      await new Promise((resolve) => setImmediate(resolve));
      nowMs += ms;
    },
  };
}

describe('writeStream', () => {
  it('sends a source as chunks, and returns the finished body', async () => {
    const writer = new StreamWriter(OPTIONS);
    const assembler = new StreamAssembler();
    const texts: string[] = [];
    async function* source() {
      for (const text of ['Hello', { text: 'hm', lane: 'reasoning' }, ' ', 'world']) {
        yield text;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const body = await writeStream(
      source(),
      writer,
      (value) => void texts.push(assembler.take({ data: { $case: 'chunk', value } }, 0)?.text ?? ''),
      fakeClock(),
    );
    expect(body).toMatchObject({ text: 'Hello world', state: StreamState.DONE });
    expect(texts.at(-1)).toBe('Hello world');
  });

  it('ends at once when a client stops the message, although the source never goes on', async () => {
    const writer = new StreamWriter(OPTIONS);
    const sent: number[] = [];
    async function* source() {
      yield 'a';
      await new Promise(() => {});
    }
    const done = writeStream(source(), writer, ({ state }) => void sent.push(state), fakeClock());
    await expect.poll(() => sent.length).toBe(1);
    const last = writer.answer({});
    expect([await done, last.length]).toMatchObject([{ text: 'a', state: StreamState.CANCELLED }, 1]);
  });

  it('of a source that fails is FAILED, and throws its error', async () => {
    const writer = new StreamWriter(OPTIONS);
    const sent: number[] = [];
    async function* source() {
      yield 'a';
      throw new Error('the model is gone');
    }
    await expect(writeStream(source(), writer, ({ state }) => void sent.push(state), fakeClock())).rejects.toThrow(
      'the model is gone',
    );
    expect([writer.content(), sent.at(-1)]).toMatchObject([
      { text: 'a', state: StreamState.FAILED, error: '' },
      StreamState.FAILED,
    ]);
  });
});
