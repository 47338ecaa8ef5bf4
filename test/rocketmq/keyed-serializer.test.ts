import { expect, it } from 'vitest';
import { KeyedSerializer } from '../../src/rocketmq/keyed-serializer.js';
import { settle } from './scripted-clock.js';

function pendingSends(serializer: KeyedSerializer) {
  const started: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const send = (name: string, key?: string) =>
    serializer.run(key, () => {
      started.push(name);
      return new Promise<string>((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve(name))));
    });
  const end = async (name: string, error?: Error): Promise<void> => {
    ends.get(name)?.(error);
    await settle();
  };
  return { started, send, end };
}

it('sends with one key run one after the other, even after a failure; others do not wait', async () => {
  const serializer = new KeyedSerializer(10);
  const { started, send, end } = pendingSends(serializer);
  const [a1] = [send('a1', 'a'), send('a2', 'a'), send('b1', 'b'), send('free')];
  await settle();
  expect(started.toSorted()).toEqual(['a1', 'b1', 'free']);
  const failed = expect(a1).rejects.toThrow('no');
  await end('a1', new Error('no'));
  await failed;
  expect(started.at(-1)).toBe('a2');
  for (const name of ['a2', 'b1', 'free']) await end(name);
  expect(serializer.size).toBe(0);
});

it('limits concurrent sends', async () => {
  const { started, send, end } = pendingSends(new KeyedSerializer(2));
  const all = ['1', '2', '3', '4', '5'].map((name) => send(name));
  await settle();
  for (const [i, name] of ['1', '2', '3'].entries()) {
    expect(started.length).toBe(2 + i);
    await end(name);
  }
  for (const name of ['4', '5']) await end(name);
  expect(await Promise.all(all)).toEqual(['1', '2', '3', '4', '5']);
});

it('limits the bytes of messages that wait to be sent', async () => {
  const serializer = new KeyedSerializer(1, 10);
  let finish = (): void => {};
  const first = serializer.run(undefined, () => new Promise<void>((resolve) => (finish = resolve)), 6);
  const second = serializer.run('key', async () => {}, 4);
  await expect(serializer.run(undefined, async () => {}, 1)).rejects.toMatchObject({
    message: '[OVERLOADED] got 11 bytes of messages waiting to be sent, limit 10',
    limit: 10,
    actual: 11,
  });
  finish();
  await Promise.all([first, second]);
  await serializer.run(undefined, async () => {}, 10);
  await expect(serializer.run('key', () => Promise.reject(new Error('no')), 10)).rejects.toThrow('no');
  await serializer.run('key', async () => {}, 10);
});
