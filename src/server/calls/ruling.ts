// What follows from a step of a call: commands to send, and the record of a call that has ended.
import type { CallRecordInit } from '../../../generated/im/protocol/v1/call_record.js';
import type { CallSignal, CallSignalInit } from '../../../generated/im/protocol/v1/call_signal.js';
import { Command } from '../../../generated/im/protocol/v1/command.js';
import type { ConversationRef } from '../../../generated/im/protocol/v1/conversation_ref.js';
import { Terminal } from '../../../generated/im/protocol/v1/terminal.js';
import type { UserInfo } from '../../../generated/im/protocol/v1/user_info.js';
import type { ProtocolError } from '../../errors.js';
import type { FanOutCommand } from '../../rocketmq/plan-fan-out.js';
import type { Call } from './call.js';

/** A call that has ended, for the log of its conversation. */
export interface EndedCall {
  /** The conversation of the call. */
  readonly conversation: ConversationRef;
  /** The user and terminal that started it. */
  readonly caller: UserInfo;
  /** The body `call` of the message in the log. */
  readonly record: CallRecordInit;
}

/** What follows from a step of a call. */
export interface CallRuling {
  /** Why the step is refused: reply with this error. Undefined: reply with SEND_RESULT SUCCESS. */
  readonly refusal: ProtocolError | undefined;
  /** What to send, in this order: pass each to `planCommand`. */
  readonly commands: readonly FanOutCommand[];
  /** The call has ended. */
  readonly ended: EndedCall | undefined;
}

/** A step with its sender. */
export type SignedSignal = CallSignal & { readonly sender: UserInfo };

/** Collects what follows from a step. */
export class Ruling {
  readonly nowMs: number;
  readonly #commands: FanOutCommand[] = [];
  ended: EndedCall | undefined;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  get result(): CallRuling {
    return { refusal: undefined, commands: this.#commands, ended: this.ended };
  }

  /** Passes a step of a client on. The sender's other terminals get a copy, unless `skipSelf`. */
  forward(signal: CallSignalInit, receiverIds: readonly bigint[], skipSelf = false, terminal?: number): void {
    const others = receiverIds.filter((id) => id !== signal.sender?.userId || terminal !== undefined);
    if (others.length === 0) return;
    const value = { ...signal, sentAtMs: BigInt(Math.floor(this.nowMs)) };
    const receiverTerminals = terminal === undefined ? undefined : [terminal];
    this.#add({ sender: signal.sender, receiverIds: others, receiverTerminals, skipSelf, data: { $case: 'call', value } });
  }

  /** Sends a step of the platform. @param except a terminal that does not get it. */
  send(call: Call, action: NonNullable<CallSignalInit['action']>, receiverIds: readonly bigint[], except?: UserInfo): void {
    if (receiverIds.length === 0) return;
    const { id: callId, conversation, caller } = call;
    const sender = { userId: caller.userId, terminal: Terminal.SERVER };
    const value = { callId, conversation, sender, step: call.nextOwnStep(), sentAtMs: BigInt(Math.floor(this.nowMs)), action };
    // The sender of the command is the terminal that caused it, and does not get it.
    this.#add({ sender: except ?? sender, receiverIds, skipSelf: true, data: { $case: 'call', value } });
  }

  #add(command: Omit<FanOutCommand, 'cmd'>): void {
    this.#commands.push({ cmd: Command.CALL, skipResult: true, ...command });
  }
}
