// What happens right now: who is typing, who is online, and answers as they are written.
import { Command, PresenceStatus, type SendInfo, TypingAction } from '@im/protocol';
import { parseConversationKey } from '@im/protocol/conversation';
import { PresenceTracker, StreamAssembler, type StreamUpdate, TypingThrottle, TypingTracker } from '@im/protocol/live';
import type { Client } from '@im/protocol/web';
import { personOf } from '../../users.js';
import type { PresenceView, TypingView } from '../model/chat-model.js';
import type { MessageView } from '../model/message-view.js';
import { streamState } from './body-of.js';
import { Wakeup } from './wakeup.js';

const STATUSES: Readonly<Record<number, PresenceView['status']>> = {
  [PresenceStatus.ONLINE]: 'online',
  [PresenceStatus.AWAY]: 'away',
  [PresenceStatus.BUSY]: 'busy',
};

export class Live {
  readonly #client: () => Client | undefined;
  readonly #changed: () => void;
  readonly #typing = new TypingTracker();
  readonly #throttle = new TypingThrottle();
  readonly #presence = new PresenceTracker();
  readonly #streams = new StreamAssembler();
  readonly #texts = new Map<bigint, StreamUpdate>();
  readonly #typingEnds = new Wakeup(
    () => this.#typing.nextDeadlineMs,
    () => this.#typing.expire(performance.now()).length > 0 && this.#changed(),
  );
  readonly #presenceDue = new Wakeup(
    () => this.#presence.nextDeadlineMs,
    () => void this.#subscribe(),
  );
  readonly #chunksMissing = new Wakeup(
    () => this.#streams.nextDeadlineMs,
    () => this.#requestChunks(),
  );

  /** @param changed Something that `typing`, `presence` or `stream` return is different. */
  constructor(client: () => Client | undefined, followed: readonly bigint[], changed: () => void) {
    this.#client = client;
    this.#changed = changed;
    this.#presence.follow(followed);
  }

  loggedIn(): void {
    this.#typing.clear();
    this.#presence.reconnected();
    this.#streams.reconnected();
    this.#presenceDue.set();
    this.#chunksMissing.set();
  }

  /** Takes a message of the server, whatever it is. */
  take(message: Pick<SendInfo, 'data'>): void {
    const nowMs = performance.now();
    const isTyping = this.#typing.take(message, nowMs).length > 0;
    const isPresent = this.#presence.take(message).length > 0;
    const update = this.#streams.take(message, nowMs);
    if (update !== undefined) {
      if (update.source === 'chunks') this.#texts.set(update.messageId, update);
      else this.#texts.delete(update.messageId);
    }
    this.#typingEnds.set();
    this.#chunksMissing.set();
    if (isTyping || isPresent || update !== undefined) this.#changed();
  }

  typing(key: string): TypingView[] {
    return this.#typing
      .in(key, performance.now())
      .map(({ userId, action }) => ({ person: personOf(userId), isThinking: action === TypingAction.THINKING }));
  }

  presence(userId: bigint): PresenceView | undefined {
    const presence = this.#presence.of(userId);
    return presence && { status: STATUSES[presence.status] ?? 'offline', lastSeenMs: Number(presence.lastSeenMs) };
  }

  /** A message with the text of its answer as far as it is written. */
  written(message: MessageView): MessageView {
    const update = this.#texts.get(message.messageId);
    if (update === undefined || message.body.kind !== 'stream' || message.body.state !== 'open') return message;
    const { text, lanes, state } = update;
    return { ...message, body: { ...message.body, text, reasoning: lanes.get('reasoning') ?? '', state: streamState(state) } };
  }

  /** The user is writing. */
  write(key: string): void {
    const client = this.#client();
    if (client?.state !== 'authenticated' || client.agreement?.version === 1) return;
    if (!this.#throttle.shouldSend(key, performance.now())) return;
    const { userId, terminal } = client.session!;
    const value = { conversation: parseConversationKey(key)!, sender: { userId, terminal }, action: TypingAction.TEXT };
    client.send({ cmd: Command.TYPING, data: { $case: 'typing', value } });
  }

  async #subscribe(): Promise<void> {
    const client = this.#client();
    if (client?.state !== 'authenticated') return;
    const request = this.#presence.takeRequest(performance.now());
    if (request === undefined) return;
    try {
      if (this.#presence.take(await client.request(Command.PRESENCE, request)).length > 0) this.#changed();
    } catch {
      this.#presence.failed();
    }
    this.#presenceDue.set();
  }

  #requestChunks(): void {
    for (const control of this.#streams.takeControls(performance.now())) {
      this.#client()
        ?.request(Command.STREAM_CONTROL, control)
        .catch(() => this.#streams.giveUp(control.messageId));
    }
  }

  /** @throws ProtocolError as Client.request */
  async stop(key: string, messageId: bigint): Promise<void> {
    await this.#client()?.request(Command.STREAM_CONTROL, { conversation: parseConversationKey(key)!, messageId });
  }
}
