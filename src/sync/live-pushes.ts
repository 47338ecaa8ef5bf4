// Live pushes: they wait in memory, bounded in number and bytes, until a step stores them. Each is answered by an event `stored`.
import { Push, type PushInit } from '../../generated/models.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import type { Reading } from './draft.js';
import type { Step } from './step/step.js';
import type { SyncEvent } from './sync-event.js';

/** A push as bytes, so that its memory is known and the application cannot change it. */
export interface HeldPush {
  readonly ticket: number;
  readonly bytes: Uint8Array;
}

/** Pushes and bytes of a step. */
const MAX_TAKEN = 256;
const MAX_TAKEN_BYTES = 512 * 1024;

export class LivePushes {
  readonly #maxPushes: number;
  readonly #maxBytes: number;
  readonly #emit: (event: SyncEvent) => void;
  /** Oldest first. */
  #held: HeldPush[] = [];
  #bytes = 0;
  #ticket = 0;
  /** Pushes were not kept: another SYNC fetches them. */
  isOverflown = false;

  constructor(maxPushes: number, maxBytes: number, emit: (event: SyncEvent) => void) {
    this.#maxPushes = maxPushes;
    this.#maxBytes = maxBytes;
    this.#emit = emit;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** Keeps a push, unless there is no room or no connection. Returns its ticket. */
  add({ cmd, data }: PushInit, isConnected: boolean): number {
    const ticket = ++this.#ticket;
    let bytes: Uint8Array;
    try {
      bytes = Push.encode({ cmd, data }).slice();
    } catch (error) {
      this.#emit({ type: 'stored', ticket, isStored: true });
      this.#emit({ type: 'notice', error: asProtocolError(error) });
      return ticket;
    }
    if (!isConnected || this.#held.length >= this.#maxPushes || this.#bytes + bytes.length > this.#maxBytes) {
      this.isOverflown = true;
      this.#emit({ type: 'stored', ticket, isStored: false });
    } else {
      this.#held.push({ ticket, bytes });
      this.#bytes += bytes.length;
    }
    return ticket;
  }

  /** Removes and returns the pushes of the next step: at least one, if there is one. */
  take(): HeldPush[] {
    let [count, bytes] = [0, 0];
    for (const push of this.#held) {
      if (count >= MAX_TAKEN || (count > 0 && bytes + push.bytes.length > MAX_TAKEN_BYTES)) break;
      count += 1;
      bytes += push.bytes.length;
    }
    this.#bytes -= bytes;
    return this.#held.splice(0, count);
  }

  *apply(items: readonly HeldPush[], step: Step): Reading<() => void> {
    const pushes = items.map(({ bytes }) => Push.decode(bytes));
    yield* step.readAhead(pushes);
    const kept: boolean[] = [];
    for (const push of pushes) {
      const before = step.order.dropped;
      yield* step.take(push, 'live');
      kept.push(step.order.dropped === before);
    }
    return () => {
      for (const [i, { ticket }] of items.entries()) this.#emit({ type: 'stored', ticket, isStored: kept[i] });
    };
  }

  /** Drops all that wait. */
  drop(): void {
    const held = this.#held;
    this.#held = [];
    this.#bytes = 0;
    this.notStored(held);
  }

  notStored(items: readonly HeldPush[]): void {
    for (const { ticket } of items) this.#emit({ type: 'stored', ticket, isStored: false });
  }
}

function asProtocolError(error: unknown): ProtocolError {
  return isProtocolError(error) ? error : new ProtocolError('INTERNAL', 'a push could not be kept', { cause: error });
}
