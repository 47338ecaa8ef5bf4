// Calls the handler of a subscription for a message.
import type { Delivery, Handler, OnBrokerError } from './broker.js';
import { requireDelay } from './broker-errors.js';
import type { Clock } from './clock.js';
import { eventLifetimeMs, isEventTopic } from './event-age.js';
import { fromRocketMQ, IM_PROPERTIES, type RocketMQView } from './rocketmq-message.js';

/** The outcome of a delivery. */
export type Outcome =
  | { readonly kind: 'ack' }
  /** @property afterMs undefined = by the retry policy. */
  | { readonly kind: 'nack'; readonly afterMs: number | undefined }
  | { readonly kind: 'deadLetter' };

/** A message received from a broker. */
export interface IncomingMessage {
  readonly view: RocketMQView;
  readonly messageId: string;
  /** See Delivery. */
  readonly bornAtMs: number;
  readonly group: string;
  readonly attempt: number;
}

const ACK: Outcome = { kind: 'ack' };
const DEAD_LETTER: Outcome = { kind: 'deadLetter' };

/**
 * Calls a handler and returns the outcome. "The consumer of events acknowledges always, and drops what is older than its own time": a handler
 * does not get it.
 * @param onError must not throw.
 * @returns never rejects.
 */
export async function runHandler(
  handler: Handler,
  incoming: IncomingMessage,
  clock: Pick<Clock, 'nowMs'>,
  onError: OnBrokerError,
): Promise<Outcome> {
  if (!isEventTopic(incoming.view.topic)) return handle(handler, incoming, onError);
  await handle((delivery) => (isTooOld(delivery, clock.nowMs()) ? undefined : handler(delivery)), incoming, onError);
  return ACK;
}

/** The born time is that of the producer's clock; 0 = unknown. */
function isTooOld({ message, bornAtMs }: Delivery, nowMs: number): boolean {
  const lifetimeMs = eventLifetimeMs(message);
  return bornAtMs !== 0 && lifetimeMs !== undefined && nowMs - bornAtMs > lifetimeMs;
}

async function handle(handler: Handler, incoming: IncomingMessage, onError: OnBrokerError): Promise<Outcome> {
  const { view, messageId, group } = incoming;
  const context = { group, topic: view.topic, messageId };
  let outcome = ACK;
  let delivery: Delivery;
  try {
    delivery = deliveryOf(incoming, (chosen) => {
      outcome = chosen;
    });
  } catch (error) {
    // Invalid: a retry would fail too.
    onError(error, context);
    return DEAD_LETTER;
  }
  try {
    await handler(delivery);
    return outcome;
  } catch (error) {
    onError(error, { callback: 'handler', ...context });
    return { kind: 'nack', afterMs: undefined };
  }
}

function deliveryOf(
  { view, messageId, bornAtMs, group, attempt }: IncomingMessage,
  decide: (outcome: Outcome) => void,
): Delivery {
  return {
    message: fromRocketMQ(view),
    body: view.body,
    serviceName: view.properties?.get(IM_PROPERTIES.service) ?? '',
    messageId,
    bornAtMs,
    group,
    attempt,
    ack: () => decide(ACK),
    nack: ({ afterMs } = {}) => {
      if (afterMs !== undefined) requireDelay(afterMs);
      decide({ kind: 'nack', afterMs });
    },
    deadLetter: () => decide(DEAD_LETTER),
  };
}
