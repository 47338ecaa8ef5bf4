// Calls the handler of a subscription for a message.
import type { Delivery, Handler, OnBrokerError } from './broker.js';
import { requireDelay } from './broker-errors.js';
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
  readonly group: string;
  readonly attempt: number;
}

const ACK: Outcome = { kind: 'ack' };
const DEAD_LETTER: Outcome = { kind: 'deadLetter' };

/** Calls a handler and returns the outcome. Never rejects. @param onError must not throw. */
export async function runHandler(handler: Handler, incoming: IncomingMessage, onError: OnBrokerError): Promise<Outcome> {
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

function deliveryOf({ view, messageId, group, attempt }: IncomingMessage, decide: (outcome: Outcome) => void): Delivery {
  return {
    message: fromRocketMQ(view),
    body: view.body,
    serviceName: view.properties?.get(IM_PROPERTIES.service) ?? '',
    messageId,
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
