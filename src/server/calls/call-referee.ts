import { CallEndReason } from '../../../generated/im/protocol/v1/call_end_reason.js';
import type { CallRecordInit } from '../../../generated/im/protocol/v1/call_record.js';
import type { CallEnd, CallInvite, CallSignal, CallSignalInit } from '../../../generated/im/protocol/v1/call_signal.js';
import { Command } from '../../../generated/im/protocol/v1/command.js';
import type { ConversationRef } from '../../../generated/im/protocol/v1/conversation_ref.js';
import { Terminal } from '../../../generated/im/protocol/v1/terminal.js';
import type { UserInfo } from '../../../generated/im/protocol/v1/user_info.js';
import { conversationKey, peerOf } from '../../conversation/ref.js';
import { isProtocolError, ProtocolError } from '../../errors.js';
import { DEFAULT_CALL_LIFETIME_MS } from '../../limits.js';
import { type Clock, SYSTEM_CLOCK } from '../../rocketmq/clock.js';
import { requireCount, requireMs } from '../../rocketmq/option-rules.js';
import type { FanOutCommand } from '../../rocketmq/plan-fan-out.js';
import { Call, type Member } from './call.js';

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

/** How long an ended call is remembered, so that late steps are TOO_LATE and its id is not used again. */
const REMEMBERED_MS = 60_000;
const HOUR_MS = 3_600_000;
const LONGEST_UINT32 = 0xffff_ffff;

/** Ends of a terminal that rings which say nothing about the other terminals of its user. */
const OF_ONE_TERMINAL: readonly number[] = [CallEndReason.UNSUPPORTED, CallEndReason.FAILED];

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
    if (call !== undefined && call.endedAtMs === undefined) this.#endForAll(call, reason, ruling);
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
        this.#endForAll(call, CallEndReason.FAILED, ruling);
      else this.#endRinging(call, ruling);
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
    this.#ring(call, invited, invite, ruling);
    call.took(caller, signal.step);
    ruling.forward(signal, invited);
    this.#tellMembers(call, ruling);
  }

  /** @throws ProtocolError RATE_LIMITED, QUOTA_EXCEEDED */
  #requireCapacity(callerId: bigint, members: number): void {
    const { maxCalls, maxCallsOfUser, maxMembers } = this.#limits;
    requireWithin('QUOTA_EXCEEDED', members, maxMembers, 'users are in the call');
    requireWithin('RATE_LIMITED', (this.#started.get(callerId) ?? 0) + 1, maxCallsOfUser, 'calls of the user within a minute');
    requireWithin('RATE_LIMITED', this.#calls.size + 1, maxCalls, 'calls are open');
  }

  #ring(call: Call, userIds: readonly bigint[], { lifetimeMs }: CallInvite, { nowMs }: Ruling): void {
    const deadlineMs = nowMs + (lifetimeMs || DEFAULT_CALL_LIFETIME_MS);
    for (const userId of userIds) call.invite(userId, deadlineMs);
  }

  #step(call: Call, member: Member, signal: SignedSignal, ruling: Ruling, groupMembers: ReadonlySet<bigint>): void {
    const { action } = signal;
    switch (action?.$case) {
      case 'invite':
        this.#inviteMore(call, member, signal, action.value, ruling, groupMembers);
        break;
      case 'accept':
        this.#accept(call, member, signal, ruling);
        break;
      case 'end':
        this.#leave(call, member, signal, action.value, ruling);
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
    this.#ring(call, invited, invite, ruling);
    ruling.forward(signal, invited, true);
    this.#tellMembers(call, ruling);
  }

  #accept(call: Call, member: Member, signal: SignedSignal, ruling: Ruling): void {
    if (member.state === 'joined') return;
    const others = idsOf(call.in('joined'));
    member.state = 'joined';
    member.terminal = signal.sender.terminal;
    call.answeredAtMs ??= ruling.nowMs;
    ruling.forward(signal, others, true);
    this.#endElsewhere(call, signal.sender, ruling);
    this.#tellMembers(call, ruling);
  }

  /** "The user's other terminals get `end` ELSEWHERE." */
  #endElsewhere(call: Call, sender: UserInfo, ruling: Ruling): void {
    ruling.send(call, { $case: 'end', value: { reason: CallEndReason.ELSEWHERE } }, [sender.userId], sender);
  }

  #leave(call: Call, member: Member, signal: SignedSignal, end: CallEnd, ruling: Ruling): void {
    const wasInvited = member.state === 'invited';
    if (wasInvited && OF_ONE_TERMINAL.includes(end.reason)) return;
    const others = idsOf([...call.in('joined'), ...(call.isGroup ? [] : call.in('invited'))].filter((one) => one !== member));
    member.state = 'left';
    const hasEnded = call.isGroup ? this.#isEmpty(call) : true;
    const durationMs = hasEnded ? durationOf(call, ruling.nowMs) : 0;
    ruling.forward({ ...signal, action: { $case: 'end', value: { ...end, durationMs } } }, others, wasInvited);
    if (wasInvited) this.#endElsewhere(call, signal.sender, ruling);
    if (!hasEnded) this.#tellMembers(call, ruling);
    else if (call.isGroup) this.#endForAll(call, end.reason, ruling);
    else this.#finish(call, end.reason, ruling);
  }

  /** A group call goes on while two are in it, or one is and others may still come. */
  #isEmpty(call: Call): boolean {
    const joined = call.in('joined').length;
    return joined === 0 || (joined === 1 && call.in('invited').length === 0);
  }

  #endRinging(call: Call, ruling: Ruling): void {
    const missed = call.in('invited').filter(({ deadlineMs }) => deadlineMs <= ruling.nowMs);
    if (missed.length === 0) return;
    if (!call.isGroup) {
      this.#endForAll(call, CallEndReason.TIMEOUT, ruling);
      return;
    }
    for (const member of missed) member.state = 'missed';
    ruling.send(call, { $case: 'end', value: { reason: CallEndReason.TIMEOUT } }, idsOf(missed));
    if (this.#isEmpty(call)) this.#endForAll(call, CallEndReason.TIMEOUT, ruling);
    else this.#tellMembers(call, ruling);
  }

  /** The platform ends the call for all who are still in it. */
  #endForAll(call: Call, reason: CallEndReason, ruling: Ruling): void {
    const left = idsOf([...call.in('joined'), ...call.in('invited')]);
    ruling.send(call, { $case: 'end', value: { reason, durationMs: durationOf(call, ruling.nowMs) } }, left);
    this.#finish(call, reason, ruling);
  }

  #finish(call: Call, reason: CallEndReason, ruling: Ruling): void {
    const { id: callId, video, conversation, caller } = call;
    call.endedAtMs = ruling.nowMs;
    const record = {
      callId,
      video,
      answered: call.answeredAtMs !== undefined,
      durationMs: durationOf(call, ruling.nowMs),
      reason,
    };
    ruling.ended = { conversation, caller, record };
  }

  #forget({ id, caller: { userId } }: Call): void {
    this.#calls.delete(id);
    const left = (this.#started.get(userId) ?? 1) - 1;
    if (left === 0) this.#started.delete(userId);
    else this.#started.set(userId, left);
  }

  /** Who is in a group call. */
  #tellMembers(call: Call, ruling: Ruling): void {
    if (!call.isGroup) return;
    const [invitedIds, joinedIds, missedIds] = [call.in('invited'), call.in('joined'), call.in('missed')].map(idsOf);
    const action = { $case: 'members', value: { invitedIds, joinedIds, missedIds } } as const;
    ruling.send(call, action, [...joinedIds, ...invitedIds]);
  }
}

/** A step with its sender. */
type SignedSignal = CallSignal & { readonly sender: UserInfo };

/** Collects what follows from a step. */
class Ruling {
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

/** Passes SDP, candidates, media and steps of applications on: to their target, else to all who have joined, and to a callee who is being called. */
function relay(call: Call, member: Member, signal: SignedSignal, ruling: Ruling): void {
  const { target } = signal;
  if (target !== undefined) {
    const to = call.members.get(target.userId);
    if (to === undefined) throw new ProtocolError('NOT_A_MEMBER', 'the target is not in the call');
    const isThere = to.state === 'invited' || (to.state === 'joined' && to.terminal === target.terminal);
    if (!isThere) throw new ProtocolError('TOO_LATE', 'the target has left the call');
    ruling.forward(signal, [target.userId], true, target.terminal);
    return;
  }
  if (!call.isGroup) ruling.forward(signal, idsOf(call.in('invited').filter((one) => one !== member)), true);
  const joined = call.in('joined').filter((one) => one !== member);
  for (const terminal of new Set(joined.map((one) => one.terminal)))
    ruling.forward(signal, idsOf(joined.filter((one) => one.terminal === terminal)), true, terminal);
}

function idsOf(members: readonly Member[]): bigint[] {
  return members.map(({ userId }) => userId);
}

/** The users to call, without the caller. @throws ProtocolError NOT_A_MEMBER */
function requireMembers({ inviteeIds }: CallInvite, callerId: bigint, groupMembers: ReadonlySet<bigint>): bigint[] {
  const invited = [...new Set(inviteeIds)].filter((id) => id !== callerId);
  if (invited.some((id) => !groupMembers.has(id))) throw new ProtocolError('NOT_A_MEMBER', 'a user to call is not in the group');
  return invited;
}

function durationOf({ answeredAtMs }: Call, nowMs: number): number {
  return answeredAtMs === undefined ? 0 : Math.min(LONGEST_UINT32, Math.max(0, Math.round(nowMs - answeredAtMs)));
}

function denied(text: string): ProtocolError {
  return new ProtocolError('PERMISSION_DENIED', text);
}

function requireWithin(code: 'QUOTA_EXCEEDED' | 'RATE_LIMITED', actual: number, limit: number, what: string): void {
  if (actual > limit) throw new ProtocolError(code, `${actual} ${what}, limit ${limit}`, { limit, actual });
}
