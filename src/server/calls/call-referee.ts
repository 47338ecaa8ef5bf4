// The calls of a platform, and who may take which step.
import { CallEndReason } from '../../../generated/im/protocol/v1/call_end_reason.js';
import type { CallInvite, CallSignal } from '../../../generated/im/protocol/v1/call_signal.js';
import type { ConversationRef } from '../../../generated/im/protocol/v1/conversation_ref.js';
import { Terminal } from '../../../generated/im/protocol/v1/terminal.js';
import type { UserInfo } from '../../../generated/im/protocol/v1/user_info.js';
import { conversationKey, peerOf } from '../../conversation/ref.js';
import { isProtocolError, ProtocolError } from '../../errors.js';
import { type Clock, SYSTEM_CLOCK } from '../../rocketmq/clock.js';
import { requireCount, requireMs } from '../../rocketmq/option-rules.js';
import { Call, idsOf, type Member } from './call.js';
import { accept, announceMembers, endForAll, endRinging, leave, ring } from './call-steps.js';
import { denied, requireMembers, requireWithin } from './refusals.js';
import { relay } from './relay.js';
import { type CallRuling, Ruling, type SignedSignal } from './ruling.js';

/** Options of a CallReferee. All optional. */
export interface CallRefereeOptions {
  /** Maximum number of calls, with those that ended within a minute. Further invites are RATE_LIMITED. Default 100000. */
  readonly maxCalls?: number | undefined;
  /** Maximum number of them that a user has started. Further invites are RATE_LIMITED. Default 16. */
  readonly maxCallsOfUser?: number | undefined;
  /** Maximum number of users in a call, the caller included: 2 to 1000. Further invites are QUOTA_EXCEEDED. Default 100. */
  readonly maxMembers?: number | undefined;
  /** Longest call in milliseconds, in case that no device reports its end. Default 43200000 (12 hours). */
  readonly maxDurationMs?: number | undefined;
  /** The clock, which tests may replace. Default: the clock of the platform. */
  readonly clock?: Pick<Clock, 'nowMs'> | undefined;
}

/** How long an ended call is remembered, so that late steps are TOO_LATE and its id is not used again. */
const REMEMBERED_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Decides about the steps of calls, for the platform: who takes part, who accepted first, when a call ends.
 *
 * It binds the id of a call to its conversation and members. The first terminal of a user that accepts is in the call: a later one gets
 * TOO_LATE, and the others the end ELSEWHERE. It passes SDP, ICE candidates and media states on between the members, without looking into them. Its
 * own steps have the caller's user id and the terminal SERVER.
 *
 * It has no timers: call `tick` about once a second.
 */
export class CallReferee {
  readonly #calls = new Map<string, Call>();
  /** Number of calls by their caller. */
  readonly #started = new Map<bigint, number>();
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #limits: Readonly<Record<'maxCalls' | 'maxCallsOfUser' | 'maxMembers', number>>;
  readonly #maxDurationMs: number;

  /** @throws RangeError for invalid numbers. */
  constructor(options: CallRefereeOptions = {}) {
    const { maxCalls = 100_000, maxCallsOfUser = 16, maxMembers = 100, maxDurationMs = 12 * HOUR_MS } = options;
    requireCount('maxCalls', maxCalls, 1);
    requireCount('maxCallsOfUser', maxCallsOfUser, 1);
    requireCount('maxMembers', maxMembers, 2);
    if (maxMembers > 1000) throw new RangeError(`maxMembers: expected 2 to 1000, got ${maxMembers}`);
    requireMs('maxDurationMs', maxDurationMs);
    this.#limits = { maxCalls, maxCallsOfUser, maxMembers };
    this.#maxDurationMs = maxDurationMs;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
  }

  /** Number of calls in memory, with those that ended within a minute. */
  get size(): number {
    return this.#calls.size;
  }

  /**
   * Takes a step of a client: the data of its CALL.
   * @param signal checked by the server: its sender is the authenticated user and terminal.
   * @param groupMembers for an invite in a group: its members. Others cannot call and cannot be called.
   */
  take(signal: CallSignal, groupMembers?: ReadonlySet<bigint>): CallRuling {
    const ruling = new Ruling(this.#clock.nowMs());
    try {
      this.#take(signal, ruling, groupMembers ?? new Set());
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      return { refusal: error, commands: [], ended: undefined };
    }
    return ruling.result;
  }

  /**
   * Ends a call for the platform: UNREACHABLE if no terminal of the callee is online, or for another reason.
   * @returns nothing to do if there is no such call, or it has ended.
   */
  end(callId: string, reason: CallEndReason): CallRuling {
    const ruling = new Ruling(this.#clock.nowMs());
    const call = this.#calls.get(callId);
    if (call !== undefined && call.endedAtMs === undefined) endForAll(call, reason, ruling);
    return ruling.result;
  }

  /** Ends what has rung or lasted too long, and forgets calls that ended a minute ago. Takes a step for each call in memory. */
  tick(): CallRuling[] {
    const nowMs = this.#clock.nowMs();
    const rulings: CallRuling[] = [];
    for (const call of this.#calls.values()) {
      const ruling = new Ruling(nowMs);
      if (call.endedAtMs !== undefined) {
        if (nowMs - call.endedAtMs >= REMEMBERED_MS) this.#forget(call);
        continue;
      }
      if (call.answeredAtMs !== undefined && nowMs - call.answeredAtMs >= this.#maxDurationMs)
        endForAll(call, CallEndReason.FAILED, ruling);
      else endRinging(call, ruling);
      if (ruling.result.commands.length > 0) rulings.push(ruling.result);
    }
    return rulings;
  }

  #take(signal: CallSignal, ruling: Ruling, groupMembers: ReadonlySet<bigint>): void {
    const { callId, conversation, sender, step, action } = signal;
    // Required by the schema.
    if (conversation === undefined || sender === undefined) throw new ProtocolError('INVALID_MESSAGE', 'a CALL without a sender');
    const isOfPlatform = action?.$case === 'members' || action?.$case === 'server';
    if (sender.terminal === Terminal.SERVER || isOfPlatform) throw denied('only the platform takes this step');
    const known = this.#calls.get(callId);
    if (known === undefined) {
      // The same as for a call of others.
      if (action?.$case !== 'invite') throw new ProtocolError('NOT_A_MEMBER', 'the user is not in the call');
      this.#start(signal, action.value, sender, conversation, groupMembers, ruling);
      return;
    }
    const member = known.members.get(sender.userId);
    if (member === undefined) throw new ProtocolError('NOT_A_MEMBER', 'the user is not in the call');
    if (conversationKey(conversation) !== known.key) throw denied('the call belongs to another conversation');
    // A request that is repeated is answered again.
    if (known.isRepeated(sender, step)) return;
    if (known.endedAtMs !== undefined) throw new ProtocolError('TOO_LATE', 'the call has ended');
    if (member.state === 'left' || member.state === 'missed') throw new ProtocolError('TOO_LATE', 'the user has left the call');
    if (member.state === 'joined' && member.terminal !== sender.terminal)
      throw new ProtocolError('TOO_LATE', 'another terminal of the user is in the call');
    this.#step(known, member, { ...signal, sender }, ruling, groupMembers);
    known.took(sender, step);
  }

  #start(
    signal: CallSignal,
    invite: CallInvite,
    caller: UserInfo,
    conversation: ConversationRef,
    groupMembers: ReadonlySet<bigint>,
    ruling: Ruling,
  ): void {
    const { kind } = conversation;
    const isGroup = kind?.$case === 'groupId';
    if (!isGroup && kind?.$case !== 'private')
      throw new ProtocolError('INVALID_MESSAGE', 'calls are in private conversations and groups');
    const peer = peerOf(conversation, caller.userId);
    if (isGroup ? !groupMembers.has(caller.userId) : peer === undefined)
      throw new ProtocolError('NOT_A_MEMBER', 'the user is not in the conversation');
    const invited = isGroup ? requireMembers(invite, caller.userId, groupMembers) : [peer as bigint];
    if (invited.length === 0 || peer === caller.userId) throw new ProtocolError('INVALID_MESSAGE', 'a call needs another user');
    this.#requireCapacity(caller.userId, invited.length + 1);
    const call = new Call(
      signal.callId,
      conversation,
      conversationKey(conversation),
      { ...caller },
      isGroup,
      invite.video,
      ruling.nowMs,
    );
    this.#calls.set(call.id, call);
    this.#started.set(caller.userId, (this.#started.get(caller.userId) ?? 0) + 1);
    ring(call, invited, invite, ruling);
    call.took(caller, signal.step);
    ruling.forward(signal, invited);
    announceMembers(call, ruling);
  }

  /** @throws ProtocolError RATE_LIMITED, QUOTA_EXCEEDED */
  #requireCapacity(callerId: bigint, members: number): void {
    const { maxCalls, maxCallsOfUser, maxMembers } = this.#limits;
    requireWithin('QUOTA_EXCEEDED', members, maxMembers, 'users are in the call');
    requireWithin('RATE_LIMITED', (this.#started.get(callerId) ?? 0) + 1, maxCallsOfUser, 'calls of the user within a minute');
    requireWithin('RATE_LIMITED', this.#calls.size + 1, maxCalls, 'calls are open');
  }

  #step(call: Call, member: Member, signal: SignedSignal, ruling: Ruling, groupMembers: ReadonlySet<bigint>): void {
    const { action } = signal;
    switch (action?.$case) {
      case 'invite':
        this.#inviteMore(call, member, signal, action.value, ruling, groupMembers);
        break;
      case 'accept':
        accept(call, member, signal, ruling);
        break;
      case 'end':
        leave(call, member, signal, action.value, ruling);
        break;
      case 'ringing':
        if (member.state === 'invited') ruling.forward(signal, idsOf(call.in('joined')), true);
        break;
      default:
        relay(call, member, signal, ruling);
    }
  }

  #inviteMore(
    call: Call,
    { userId, state }: Member,
    signal: SignedSignal,
    invite: CallInvite,
    ruling: Ruling,
    groupMembers: ReadonlySet<bigint>,
  ): void {
    if (!call.isGroup || state !== 'joined') throw denied('the call has begun');
    const isIn = (id: bigint): boolean => ['invited', 'joined'].includes(call.members.get(id)?.state ?? '');
    const invited = requireMembers(invite, userId, groupMembers).filter((id) => !isIn(id));
    const added = invited.filter((id) => !call.members.has(id)).length;
    requireWithin('QUOTA_EXCEEDED', call.members.size + added, this.#limits.maxMembers, 'users are in the call');
    if (invited.length === 0) return;
    ring(call, invited, invite, ruling);
    ruling.forward(signal, invited, true);
    announceMembers(call, ruling);
  }

  #forget({ id, caller: { userId } }: Call): void {
    this.#calls.delete(id);
    const left = (this.#started.get(userId) ?? 1) - 1;
    if (left === 0) this.#started.delete(userId);
    else this.#started.set(userId, left);
  }
}
