import type { Delivery, Handler, OnBrokerError } from './broker.js';
import { requireDelay } from './broker-errors.js';
import { fromRocketMQ, IM_PROPERTIES, type RocketMQView } from './rocketmq-message.js';
/** What becomes of a delivery. */
export type Outcome =
  | { readonly kind: 'ack' }
  /** @property afterMs undefined = as the retry policy says. */
  | { readonly kind: 'nack'; readonly afterMs: number | undefined }
  | { readonly kind: 'deadLetter' };

/** A message as it came from a broker. */
export interface Arrival {
  readonly view: RocketMQView;
  readonly messageId: string;
  readonly group: string;
  readonly attempt: number;
}

const ACK: Outcome = { kind: 'ack' };
const DEAD_LETTER: Outcome = { kind: 'deadLetter' };

/** Calls a handler, and finds out what becomes of the message. Never rejects. @param onError never throws. */
export async function runHandler(handler: Handler, arrival: Arrival, onError: OnBrokerError): Promise<Outcome> {
  const { view, messageId, group } = arrival;
  const context = { group, topic: view.topic, messageId };
  let outcome = ACK;
  let delivery: Delivery;
  try {
    delivery = deliveryOf(arrival, (decided) => {
      outcome = decided;
    });
  } catch (error) {
    // Nobody will be able to read it the next time either.
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

function deliveryOf({ view, messageId, group, attempt }: Arrival, decide: (outcome: Outcome) => void): Delivery {
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
