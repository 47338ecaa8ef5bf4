// What callbacks of the application do wrong: the broker goes on, and `onError` has it.
import { describe, expect, it, vi } from 'vitest';
import { EmbeddedBroker, type OnBrokerError } from '../../src/rocketmq/index.js';
import { turn } from '../connection/fake-platform.js';
import { FAILURES } from '../connection/misbehaviour.js';
import { unhandledRejections } from '../connection/rejections.js';
import { textMessage, until } from './inbox.js';

async function deliveries(onError: OnBrokerError | undefined, misbehave: () => unknown): Promise<number> {
  const broker = new EmbeddedBroker({ topics: { t: 'NORMAL' }, onError });
  let count = 0;
  const retry = { initialDelayMs: 0, maxDelayMs: 0, maxAttempts: 3 };
  await broker.subscribe({ group: 'g', topics: ['t'], retry }, () => {
    count += 1;
    return count < 3 ? (misbehave() as never) : undefined;
  });
  await broker.publish(textMessage('t', 'a'));
  await until('three deliveries', () => count === 3, 5000);
  await broker.publish(textMessage('t', 'b'));
  await until('the next message', () => count === 4, 5000);
  await broker.close();
  await turn();
  return count;
}

describe('EmbeddedBroker', () => {
  it.each(Object.entries(FAILURES))('has a handler that %s called again, and onError has it', async (_what, misbehave) => {
    const unhandled = unhandledRejections();
    const contexts: unknown[] = [];
    await deliveries((_error, context) => void contexts.push(context), misbehave);
    expect(contexts).toMatchObject([
      { callback: 'handler', group: 'g', topic: 't' },
      { callback: 'handler', group: 'g', topic: 't' },
    ]);
    expect(unhandled).toEqual([]);
  });

  it.each(Object.entries(FAILURES))('goes on where onError %s', async (_what, misbehave) => {
    const unhandled = unhandledRejections();
    const written = vi.spyOn(console, 'error').mockReturnValue();
    try {
      await deliveries(misbehave as OnBrokerError, () => {
        throw new Error('of the handler');
      });
      expect(unhandled).toEqual([]);
      expect(written).toHaveBeenCalledTimes(4);
    } finally {
      written.mockRestore();
    }
  });

  it('writes a line on stderr where there is no onError', async () => {
    const written = vi.spyOn(console, 'error').mockReturnValue();
    try {
      await deliveries(undefined, () => Promise.reject(new Error('no')));
      expect(String(written.mock.calls[0][0])).toMatch(
        /^@im\/protocol: handler: Error: no at .* \(group g, topic t, messageId 0+1\)$/,
      );
    } finally {
      written.mockRestore();
    }
  });
});
