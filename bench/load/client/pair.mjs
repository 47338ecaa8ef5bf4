import { content } from '../world.mjs';
import { arrival } from './clock.mjs';

/** Delivered to the receiver, and acknowledged to the sender. */
const PARTS = 2;

/** Two users, of whom one writes to the other. */
export class Pair {
  #sender;
  #receiver;
  #missing = 0;
  /** When the messages were sent that are on their way: they arrive in their order. */
  #sentAtMs = [];
  /** A message was delivered; its latency in milliseconds. */
  onDelivery;
  /** All that was sent has been delivered and acknowledged. */
  onIdle;

  constructor(sender, receiver) {
    this.#sender = sender;
    this.#receiver = receiver;
    sender.onMessage = () => this.#arrived();
    receiver.onMessage = () => {
      this.onDelivery(arrival.atMs - this.#sentAtMs.shift());
      this.#arrived();
    };
  }

  send(number) {
    const message = this.#sender.protocol.privateMessage(this.#receiver.user, content(number));
    this.#missing += PARTS;
    this.#sentAtMs.push(performance.now());
    this.#sender.write(message);
  }

  #arrived() {
    if (--this.#missing === 0) this.onIdle();
  }
}

/** Pairs of neighbours. */
export function pairs(connections) {
  return connections.filter((_, i) => i % 2 === 0).map((sender, i) => new Pair(sender, connections[2 * i + 1]));
}
