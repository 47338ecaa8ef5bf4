import { expect, it } from 'vitest';
import { KeyedSerializer } from '../../src/rocketmq/keyed-serializer.js';
import { settle } from './scripted-clock.js';

function held(lanes: KeyedSerializer) {
  const started: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const send = (name: string, lane?: string) =>
    lanes.run(lane, () => {
      started.push(name);
      return new Promise<string>((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve(name))));
    });
  const end = async (name: string, error?: Error): Promise<void> => {
    ends.get(name)?.(error);
    await settle();
  };
  return { started, send, end };
}

it('sends of one lane come one after the other, also behind one that failed; others do not wait', async () => {
  const lanes = new KeyedSerializer(10);
  const { started, send, end } = held(lanes);
  const [a1] = [send('a1', 'a'), send('a2', 'a'), send('b1', 'b'), send('free')];
  await settle();
  expect(started.toSorted()).toEqual(['a1', 'b1', 'free']);
  const failed = expect(a1).rejects.toThrow('no');
  await end('a1', new Error('no'));
  await failed;
  expect(started.at(-1)).toBe('a2');
  for (const name of ['a2', 'b1', 'free']) await end(name);
  expect(lanes.size).toBe(0);
});

it('no more than so many are sent at a time', async () => {
  const { started, send, end } = held(new KeyedSerializer(2));
  const all = ['1', '2', '3', '4', '5'].map((name) => send(name));
  await settle();
  for (const [i, name] of ['1', '2', '3'].entries()) {
    expect(started.length).toBe(2 + i);
    await end(name);
  }
  for (const name of ['4', '5']) await end(name);
  expect(await Promise.all(all)).toEqual(['1', '2', '3', '4', '5']);
});

it('faults 27: what waits to be sent is bounded in bytes', async () => {
  const lanes = new KeyedSerializer(1, 10);
  let finish = (): void => {};
  const first = lanes.run(undefined, () => new Promise<void>((resolve) => (finish = resolve)), 6);
  const second = lanes.run('lane', async () => {}, 4);
  await expect(lanes.run(undefined, async () => {}, 1)).rejects.toMatchObject({
    message: '[OVERLOADED] got 11 bytes of messages that wait to be sent, limit 10',
    limit: 10,
    actual: 11,
  });
  finish();
  await Promise.all([first, second]);
  await lanes.run(undefined, async () => {}, 10);
  await expect(lanes.run('lane', () => Promise.reject(new Error('no')), 10)).rejects.toThrow('no');
  await lanes.run('lane', async () => {}, 10);
});
