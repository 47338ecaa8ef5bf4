// CALL: the signals of calls. A referee decides who is in a call; the platform passes on what it says, and keeps a record.
import {
  CallEndReason,
  type CallSignal,
  Command,
  type ContentInit,
  type ConversationRef,
  SendCode,
  type SendResultInit,
  Terminal,
  type UserInfo,
} from '@im/protocol';
import { conversationKey, type MessageData, messageTo, peerOf } from '@im/protocol/conversation';
import type { Routes } from '@im/protocol/rocketmq';
import { CallReferee, type CallRuling, type EndedCall } from '@im/protocol/server';
import type { Context } from '../context.js';
import { withoutResults } from '../messages/message-data.js';
import type { Messages } from '../messages/messages.js';

export class Calls {
  readonly #context: Context;
  readonly #messages: Pick<Messages, 'publish'>;
  readonly #routes: Routes;
  readonly #referee: CallReferee;
  /** The ids of the last calls that have not ended, by conversation. */
  readonly #open = new Map<string, string>();

  constructor(context: Context, messages: Pick<Messages, 'publish'>, routes: Routes) {
    this.#context = context;
    this.#messages = messages;
    this.#routes = routes;
    this.#referee = new CallReferee({ clock: { nowMs: context.nowMs } });
  }

  /**
   * Takes a step of a call.
   * @throws ProtocolError NOT_A_MEMBER, and what the referee says: TOO_LATE for the second terminal that accepts.
   */
  async take(signal: CallSignal, { userId }: UserInfo): Promise<SendResultInit> {
    const { membership } = this.#context;
    const member = await membership.require(signal.conversation, userId);
    const ruling = this.#referee.take(signal, new Set(await membership.all(member)));
    await this.#apply(ruling);
    if (ruling.refusal !== undefined) throw ruling.refusal;
    if (signal.action?.$case === 'invite') this.#open.set(conversationKey(member.conversation), signal.callId);
    const peerId = peerOf(member.conversation, userId);
    if (signal.action?.$case === 'invite' && peerId !== undefined && !(await this.#routes.find([peerId])).has(peerId))
      await this.#apply(this.#referee.end(signal.callId, CallEndReason.UNREACHABLE));
    return { code: SendCode.SUCCESS, cmd: Command.CALL };
  }

  /** The call that is under way in a conversation, for clients that do not name it. */
  openCall(conversation: ConversationRef): string | undefined {
    return this.#open.get(conversationKey(conversation));
  }

  /** Ends the calls that nobody has accepted in time. Call it about once a second. */
  async tick(): Promise<void> {
    for (const ruling of this.#referee.tick()) await this.#apply(ruling);
  }

  async #apply({ commands, ended }: CallRuling): Promise<void> {
    for (const command of commands) await this.#context.outbox.command(command);
    if (ended !== undefined) await this.#record(ended);
  }

  /** A call is a message of the caller in its conversation: so it counts as unread for the others, if nobody accepted. */
  async #record({ conversation, caller, record }: EndedCall): Promise<void> {
    const { storage, nowMs } = this.#context;
    const key = conversationKey(conversation);
    if (this.#open.get(key) === record.callId) this.#open.delete(key);
    const sentAtMs = BigInt(nowMs());
    const body = { $case: 'call', value: record } as const;
    const fallback = record.answered ? `[call] ${Math.round((record.durationMs ?? 0) / 1000)} s` : '[call] missed';
    const content: ContentInit = { sentAtMs, fallback, hints: { uncounted: record.answered === true }, body };
    const author = { userId: caller.userId, terminal: Terminal.SERVER };
    const data = messageTo(conversation, author, content)!.data as MessageData;
    const message = { conversation: key, senderId: caller.userId, clientMessageId: '', sentAtMs, changes: 0n };
    const peerId = peerOf(conversation, caller.userId);
    if (peerId !== undefined) for (const userId of [caller.userId, peerId]) await storage.addMember(conversation, userId);
    await this.#messages.publish({ ...message, data: withoutResults(data) }, await storage.membersOf(key));
  }
}
