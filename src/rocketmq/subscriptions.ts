// What a consumer group subscribes to: checked, in one form, and the same for all consumers of the group.
import { checkTopicMessage } from '../../generated/im/protocol/v1/topic_message.codec.js';
import { invalidMessage } from '../validate.js';
import { addNested } from '../wire/issues.js';
import { type RetryPolicy, retryPolicy, type Subscription } from './broker.js';
import { refuse } from './broker-errors.js';
import { requireConsumerGroup } from './name-rules.js';
import { requireCount } from './option-rules.js';

const DEFAULT_MAX_IN_FLIGHT = 32;
const ANY_BODY = { $case: 'raw', value: new Uint8Array(1) } as const;

/** A subscription with its defaults. */
export interface CheckedSubscription {
  readonly group: string;
  /** The tags that are wanted of each topic; none = all. */
  readonly topics: ReadonlyMap<string, ReadonlySet<string>>;
  readonly maxInFlight: number;
  readonly retry: RetryPolicy;
}

/** @throws ProtocolError INVALID_MESSAGE for names that RocketMQ does not take; RangeError for numbers that make no sense. */
export function checkedSubscription({
  group,
  topics,
  maxInFlight = DEFAULT_MAX_IN_FLIGHT,
  retry,
}: Subscription): CheckedSubscription {
  requireConsumerGroup(group);
  if (topics.length === 0) throw refuse('topics', 'min_items', 'got 0 items, at least 1', { limit: 1, actual: 0 });
  requireCount('maxInFlight', maxInFlight, 1);
  const checked = new Map<string, ReadonlySet<string>>();
  for (const [i, filter] of topics.entries()) {
    const { topic, tags = [] } = typeof filter === 'string' ? { topic: filter } : filter;
    requireNames(topic, tags, `topics[${i}]`);
    checked.set(topic, new Set(tags));
  }
  return { group, topics: checked, maxInFlight, retry: retryPolicy(retry) };
}

/** Topics and tags obey the rules of those of a message. */
function requireNames(topic: string, tags: readonly string[], path: string): void {
  const messages = [{ topic }, ...tags.map((tag) => ({ topic: 't', tag }))];
  const broken = messages.flatMap((message) => checkTopicMessage({ ...message, payload: ANY_BODY }) ?? []);
  if (tags.includes('')) broken.push({ path: 'tag', rule: 'min_bytes', message: 'got 0 bytes, at least 1' });
  if (broken.length > 0) throw invalidMessage(addNested(undefined, broken, path), 'Subscription');
}

/**
 * "Consumers of one group must have the same subscriptions": a broker gives a message to any of them, and one that did not ask for it
 * drops it for all.
 */
export class GroupSubscriptions {
  readonly #open = new Map<string, { readonly text: string; count: number }>();

  /**
   * Notes a consumer of a group; returns what is to be called when it leaves.
   * @throws ProtocolError INVALID_MESSAGE where the group's other consumers take something else.
   */
  join({ group, topics }: CheckedSubscription): () => void {
    const text = JSON.stringify([...topics].map(([topic, tags]) => [topic, [...tags].sort()]).sort());
    const known = this.#open.get(group) ?? { text, count: 0 };
    if (known.text !== text)
      throw refuse('topics', 'same_subscription', 'another consumer of the group has other topics or tags');
    known.count++;
    this.#open.set(group, known);
    return () => {
      if (--known.count === 0) this.#open.delete(group);
    };
  }
}

/** Whether a message with this tag is wanted. */
export function isWanted({ topics }: CheckedSubscription, topic: string, tag: string): boolean {
  const tags = topics.get(topic);
  return tags !== undefined && (tags.size === 0 || tags.has(tag));
}
