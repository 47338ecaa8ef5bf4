import type { ReceivedMessage } from './client-consumer.js';

/** Messages in order of arrival, by message group; what has none is alone. */
export function inLanes(received: readonly ReceivedMessage[]): ReceivedMessage[][] {
  const lanes = new Map<unknown, ReceivedMessage[]>();
  for (const message of received) {
    const key = message.view.messageGroup ?? message;
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [message]);
    else lane.push(message);
  }
  return [...lanes.values()];
}
