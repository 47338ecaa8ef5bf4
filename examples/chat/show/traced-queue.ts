import { decodeFrame } from '@im/protocol';
import type { Queue } from '../queue/queue.js';
import type { Trace } from './trace.js';

/** The queue as one of its users has it: what it publishes is shown. */
export function tracedQueue(queue: Queue, owner: string, trace: Trace): Queue {
  return {
    publish(topic, frame) {
      const server = /^im_message_\w+_(\d+)$/.exec(topic)?.[1];
      trace.frame(owner, server === undefined ? 'platform' : `im-${server}`, decodeFrame(frame), frame.length, topic);
      queue.publish(topic, frame);
    },
    subscribe: (topic, consume) => queue.subscribe(topic, consume),
    close: () => queue.close(),
  };
}
