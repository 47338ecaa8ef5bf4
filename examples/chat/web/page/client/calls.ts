// Calls of this tab: their signals. Which accept wins, the platform decides.
import {
  CallEndReason,
  type CallSignal,
  type CallSignalInit,
  Command,
  isProtocolError,
  type SendInfo,
  Terminal,
} from '@im/protocol';
import { conversationKey, parseConversationKey, peerOf } from '@im/protocol/conversation';
import type { Client } from '@im/protocol/web';
import { personOf } from '../../users.js';
import type { CallEnd, CallView } from '../model/chat-model.js';
import { callEnd } from './body-of.js';

type Action = NonNullable<CallSignalInit['action']>;

export class Calls {
  readonly #client: () => Client | undefined;
  readonly #me: bigint;
  readonly #changed: () => void;
  #step = 0;
  #call: CallView | undefined;

  constructor(client: () => Client | undefined, me: bigint, changed: () => void) {
    this.#client = client;
    this.#me = me;
    this.#changed = changed;
  }

  get call(): CallView | undefined {
    return this.#call;
  }

  start(key: string, video: boolean): void {
    if (this.#call !== undefined && this.#call.state !== 'ended') return;
    const person = personOf(peerOf(parseConversationKey(key)!, this.#me)!);
    this.#step = 0;
    this.#set({ callId: crypto.randomUUID(), conversationKey: key, person, video, state: 'calling', sinceMs: 0 });
    void this.#send({ $case: 'invite', value: { video } });
  }

  async accept(): Promise<void> {
    if (this.#call?.state !== 'incoming') return;
    const { callId } = this.#call;
    if (await this.#send({ $case: 'accept', value: {} })) this.#update(callId, { state: 'active', sinceMs: Date.now() });
  }

  /** Declines, cancels or hangs up; closes a call that has ended. */
  end(): void {
    const call = this.#call;
    if (call === undefined) return;
    if (call.state !== 'ended') {
      const reason =
        call.state === 'incoming'
          ? CallEndReason.REJECTED
          : call.state === 'active'
            ? CallEndReason.HANGUP
            : CallEndReason.CANCELLED;
      void this.#send({ $case: 'end', value: { reason } });
    }
    this.#call = undefined;
    this.#changed();
  }

  /** Takes a message of the server, whatever it is. */
  take({ data }: Pick<SendInfo, 'data'>): void {
    if (data?.$case === 'call') this.#take(data.value);
  }

  #take({ callId, conversation, sender, target, action }: CallSignal): void {
    const { userId, terminal } = this.#client()?.session ?? {};
    if (target !== undefined && (target.userId !== userId || target.terminal !== terminal)) return;
    const isMine = sender!.userId === this.#me && sender!.terminal !== Terminal.SERVER;
    switch (action?.$case) {
      case 'invite':
        this.#invited(callId, conversationKey(conversation!), sender!.userId, action.value.video);
        break;
      case 'ringing':
        if (this.#call?.state === 'calling') this.#update(callId, { state: 'ringing' });
        break;
      case 'accept':
        // Another terminal of this user has taken it.
        if (isMine) this.#ended(callId, 'elsewhere');
        else if (this.#call?.state !== 'active') this.#update(callId, { state: 'active', sinceMs: Date.now() });
        break;
      case 'end':
        this.#ended(callId, callEnd(action.value.reason));
        break;
      default:
    }
  }

  #invited(callId: string, key: string, callerId: bigint, video: boolean): void {
    // The caller's own terminals do not ring. In a call one is busy.
    if (callerId === this.#me || (this.#call !== undefined && this.#call.state !== 'ended')) return;
    this.#step = 0;
    this.#set({ callId, conversationKey: key, person: personOf(callerId), video, state: 'incoming', sinceMs: 0 });
    void this.#send({ $case: 'ringing', value: {} });
  }

  #ended(callId: string, end: CallEnd): void {
    this.#update(callId, { state: 'ended', end });
  }

  /** Returns whether the platform has taken the step. */
  async #send(action: Action): Promise<boolean> {
    const { callId, conversationKey: key } = this.#call!;
    this.#step += 1;
    const signal = { callId, conversation: parseConversationKey(key)!, step: this.#step, sentAtMs: BigInt(Date.now()), action };
    try {
      await this.#client()?.request(Command.CALL, signal);
      return true;
    } catch (error) {
      // "The first accept wins, a later one gets TOO_LATE."
      const isLate = isProtocolError(error) && error.code === 'TOO_LATE';
      if (action.$case === 'accept' || action.$case === 'invite') this.#ended(callId, isLate ? 'elsewhere' : 'failed');
      return false;
    }
  }

  #update(callId: string, change: Partial<CallView>): void {
    if (this.#call?.callId === callId && this.#call.state !== 'ended') this.#set({ ...this.#call, ...change });
  }

  #set(call: CallView): void {
    this.#call = call;
    this.#changed();
  }
}
