// Subscriptions to the channels of servers, which end with the test.
import { channel, subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';
import type { ServerChannels, ServerTracingChannels } from '../../src/node/index.js';

export function listenTo<Name extends keyof ServerChannels>(name: Name, listener: (message: ServerChannels[Name]) => void): void {
  const take = (message: unknown): void => listener(message as ServerChannels[Name]);
  subscribe(name, take);
  onTestFinished(() => void unsubscribe(name, take));
}

export type CallEvent = 'start' | 'end' | 'asyncStart' | 'asyncEnd' | 'error';

export function traceCalls<Name extends keyof ServerTracingChannels>(
  name: Name,
  listener: (event: CallEvent, message: ServerTracingChannels[Name]) => void,
): void {
  const take = (event: CallEvent) => (message: unknown) => listener(event, message as ServerTracingChannels[Name]);
  const listeners = {
    start: take('start'),
    end: take('end'),
    asyncStart: take('asyncStart'),
    asyncEnd: take('asyncEnd'),
    error: take('error'),
  };
  const traced = tracingChannel(name);
  traced.subscribe(listeners);
  onTestFinished(() => void traced.unsubscribe(listeners));
}

/** The channel to which a store can be bound. */
export function startOf(name: keyof ServerTracingChannels) {
  return channel(`tracing:${name}:start`);
}
