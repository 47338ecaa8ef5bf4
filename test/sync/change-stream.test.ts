import { describe, expect, it } from 'vitest';
import { ChangeStream } from '../../src/sync/change-stream.js';
import type { SyncChange } from '../../src/sync/index.js';

const change = (messageId: bigint): SyncChange => ({ type: 'deleted', key: 'g_7', messageIds: [messageId], upToSeq: 0n });

async function readAll(stream: ChangeStream): Promise<SyncChange[]> {
  stream.end();
  const all: SyncChange[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

describe('ChangeStream', () => {
  it.each([4095, 4096])('keeps %i changes that nobody reads, in order', async (count) => {
    const stream = new ChangeStream(() => {});
    const changes = Array.from({ length: count }, (_, i) => change(BigInt(i)));
    for (const one of changes) stream.add(one);
    expect(await readAll(stream)).toEqual(changes);
  });

  it('replaces 4097 changes by one reload, and goes on after it', async () => {
    const stream = new ChangeStream(() => {});
    for (let i = 0n; i < 4097n; i++) stream.add(change(i));
    stream.add(change(5000n));
    expect(await readAll(stream)).toEqual([{ type: 'reload' }, change(5000n)]);
  });

  it('gives changes to readers that wait, in their order', async () => {
    const stream = new ChangeStream(() => {});
    const [first, second] = [stream.next(), stream.next()];
    stream.add(change(1n));
    stream.add(change(2n));
    expect(await Promise.all([first, second])).toEqual([
      { done: false, value: change(1n) },
      { done: false, value: change(2n) },
    ]);
  });

  it('ends readers that wait, and calls back, when the loop is left', async () => {
    let ended = 0;
    const stream = new ChangeStream(() => {
      ended += 1;
    });
    const waiting = stream.next();
    await stream.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(ended).toBe(1);
  });
});
