// Requests that are cancelled by an AbortSignal.
import { expect, it } from 'vitest';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { ASK, ask, textOf } from './messages.js';
import { World } from './world.js';

/** A world that collects the requests, and answers those that are let through. */
function asking() {
  const asked: string[] = [];
  let answer: () => void = () => {};
  const world = new World({
    message: (message: SendInfo) => {
      asked.push(textOf(message));
      return new Promise((resolve) => {
        answer = () => resolve({ cmd: message.cmd, data: message.data });
      });
    },
  });
  return { world, asked, answer: () => answer() };
}

it('an aborted signal sends nothing, and rejects with its reason', async () => {
  const { world, asked } = asking();
  const client = await world.connect();
  const reason = new Error('not needed');
  await expect(client.request(ASK, ask('a'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(client.request(ASK, ask('a'), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  await world.settle();
  expect(asked).toEqual([]);
});

it('a request that waits for a connection is not sent any more', async () => {
  const { world, asked } = asking();
  const client = world.create();
  const abort = new AbortController();
  const cancelled = client.request(ASK, ask('a'), { signal: abort.signal });
  const kept = client.request(ASK, ask('b'), { signal: new AbortController().signal, timeoutMs: 60_000 });
  kept.catch(() => {});
  abort.abort();
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  await world.settle();
  expect(asked).toEqual(['b']);
});

it('a request that was sent rejects at once; its reply is dropped, and it is not sent again', async () => {
  const { world, asked, answer } = asking();
  const client = await world.connect();
  const abort = new AbortController();
  const cancelled = client.request(ASK, ask('a'), { signal: abort.signal, resume: true });
  await world.settle();
  expect(asked).toEqual(['a']);
  abort.abort();
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  answer();
  await world.settle();
  expect(client.state).toBe('authenticated');
  const next = client.request(ASK, ask('b'), { signal: new AbortController().signal });
  await world.settle();
  answer();
  await world.settle();
  expect(textOf(await next)).toBe('b');
  world.lastEnd.cut();
  await world.pass(250);
  expect(asked).toEqual(['a', 'b']);
});

it('an abort and the end of the connection in one turn send nothing again', async () => {
  const { world, asked } = asking();
  const client = await world.connect();
  const abort = new AbortController();
  const cancelled = client.request(ASK, ask('a'), { signal: abort.signal, resume: true });
  await world.settle();
  world.lastEnd.cut();
  abort.abort();
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  await world.pass(1000);
  expect(client.state).toBe('authenticated');
  expect(asked).toEqual(['a']);
});

it('a request that has ended leaves no listener, and an abort after it does nothing', async () => {
  const { world, answer } = asking();
  const client = await world.connect();
  let listeners = 0;
  const signal = {
    aborted: false,
    addEventListener() {
      listeners += 1;
    },
    removeEventListener() {
      listeners -= 1;
    },
  };
  const answered = client.request(ASK, ask('a'), { signal });
  await world.settle();
  expect(listeners).toBe(1);
  answer();
  await world.settle();
  await answered;
  const late = client.request(ASK, ask('b'), { signal, timeoutMs: 10 });
  late.catch(() => {});
  await world.pass(20);
  await expect(late).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(listeners).toBe(0);
});
