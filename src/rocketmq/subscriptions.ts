// Checks subscriptions, and that all consumers of a group have the same one.
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
  /** The tags of each topic; empty = all. */
  readonly topics: ReadonlyMap<string, ReadonlySet<string>>;
  readonly maxInFlight: number;
  readonly retry: RetryPolicy;
}

/** @throws ProtocolError INVALID_MESSAGE for invalid names; RangeError for invalid numbers. */
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

/** Topics and tags follow the rules of those of a message. */
function requireNames(topic: string, tags: readonly string[], path: string): void {
  const messages = [{ topic }, ...tags.map((tag) => ({ topic: 't', tag }))];
  const broken = messages.flatMap((message) => checkTopicMessage({ ...message, payload: ANY_BODY }) ?? []);
  if (tags.includes('')) broken.push({ path: 'tag', rule: 'min_bytes', message: 'got 0 bytes, at least 1' });
  if (broken.length > 0) throw invalidMessage(addNested(undefined, broken, path), 'Subscription');
}

/**
 * All consumers of a group must have the same subscriptions: a broker delivers a message to any of them, and a consumer with another
 * subscription would drop it.
 */
export class GroupSubscriptions {
  readonly #open = new Map<string, { readonly text: string; count: number }>();

  /**
   * Adds a consumer to its group. Returns the function that removes it.
   * @throws ProtocolError INVALID_MESSAGE if the group's other consumers have another subscription.
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

/** Whether the subscription includes messages of this topic and tag. */
export function matchesFilter({ topics }: CheckedSubscription, topic: string, tag: string): boolean {
  const tags = topics.get(topic);
  return tags !== undefined && (tags.size === 0 || tags.has(tag));
}
