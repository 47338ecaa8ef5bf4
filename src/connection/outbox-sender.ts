import type { SendResult } from '../../generated/im/protocol/v1/send_result.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { backoffDelay } from '../session/backoff.js';
import type { OutboxEntry } from './outbox-entry.js';
import type { OutboxLink } from './outbox-part.js';
import { LONGEST_TIMER_MS } from './platform.js';

/** Messages of different conversations that are sent at the same time. */
const MAX_SENDING = 32;
/** A message that the server refuses so often, with errors that may be retried, is given up: it holds up its conversation. */
const MAX_REFUSALS = 10;

/** The Outbox of a sender. */
export interface SenderOwner {
  /** The messages that wait, in the order of sending. */
  readonly entries: Iterable<OutboxEntry>;
  /** Whether an entry still waits. */
  has(entry: OutboxEntry): boolean;
  answered(entry: OutboxEntry, result: SendResult): void;
  refused(entry: OutboxEntry, error: ProtocolError): void;
}

/** Sends the messages of an outbox: those of a conversation one after the other, and each until it is answered or refused. */
export class OutboxSender {
  readonly #owner: SenderOwner;
  readonly #link: OutboxLink;
  /** The user of the present connection; undefined without one. */
  #userId: bigint | undefined;
  #isEnded = false;

  constructor(owner: SenderOwner, link: OutboxLink) {
    this.#owner = owner;
    this.#link = link;
  }

  loggedIn(userId: bigint): void {
    this.#userId = userId;
  }

  lost(): void {
    this.#userId = undefined;
  }

  /** The client has ended: another sender goes on. */
  end(): void {
    this.#isEnded = true;
    this.#userId = undefined;
    for (const entry of this.#owner.entries) {
      this.forget(entry);
      entry.isSending = false;
    }
  }

  /** Sends the first message of each conversation that may be sent. */
  pump(): void {
    const userId = this.#userId;
    if (userId === undefined) return;
    const entries = [...this.#owner.entries];
    const busy = new Set<string>();
    let sending = entries.filter(({ isSending }) => isSending).length;
    for (const entry of entries) {
      if (sending >= MAX_SENDING) return;
      const { conversation, stored, isStored, isSending, timer } = entry;
      if (stored.userId !== userId || busy.has(conversation)) continue;
      busy.add(conversation);
      if (!isStored || isSending || timer !== undefined) continue;
      sending += 1;
      this.#send(entry);
    }
  }

  /** Stops the timer of an entry. */
  forget(entry: OutboxEntry): void {
    if (entry.timer !== undefined) this.#link.platform.clearTimer(entry.timer);
    entry.timer = undefined;
  }

  #send(entry: OutboxEntry): void {
    const { platform, request } = this.#link;
    entry.isSending = true;
    const serverMs = this.#link.serverTimeMs();
    const ageMs = Math.max(0, platform.wallMs() - entry.message.createdAtMs);
    const data = entry.data(serverMs === undefined ? undefined : serverMs - ageMs);
    const isCurrent = (): boolean => !this.#isEnded && this.#owner.has(entry);
    request(entry.message.command, data).then(
      (result) => isCurrent() && this.#owner.answered(entry, result as SendResult),
      (error: unknown) => isCurrent() && this.#notAnswered(entry, error),
    );
  }

  #notAnswered(entry: OutboxEntry, thrown: unknown): void {
    entry.isSending = false;
    const error = isProtocolError(thrown)
      ? thrown
      : new ProtocolError('INTERNAL', 'the message cannot be sent', { cause: thrown });
    const { retry, reconnect } = error.properties;
    const isUndecided = error.code === 'TIMEOUT' || reconnect;
    if (retry && !isUndecided) entry.failures += 1;
    if ((!retry && !isUndecided) || entry.failures >= MAX_REFUSALS) this.#owner.refused(entry, error);
    // Without a connection, the next login sends it.
    else if (this.#userId !== undefined) this.#sendLater(entry, error.retryAfterMs);
  }

  #sendLater(entry: OutboxEntry, retryAfterMs = 0): void {
    const delayMs = Math.max(retryAfterMs, backoffDelay(Math.max(1, entry.failures), Math.random()));
    entry.timer = this.#link.platform.setTimer(
      () => {
        entry.timer = undefined;
        this.pump();
      },
      Math.min(Math.ceil(delayMs), LONGEST_TIMER_MS),
    );
  }
}
