// What the steps of a call change: who is in it, what the others get, and when it ends.
import { CallEndReason } from '../../../generated/im/protocol/v1/call_end_reason.js';
import type { CallEnd, CallInvite } from '../../../generated/im/protocol/v1/call_signal.js';
import type { UserInfo } from '../../../generated/im/protocol/v1/user_info.js';
import { DEFAULT_CALL_LIFETIME_MS } from '../../limits.js';
import { type Call, idsOf, type Member } from './call.js';
import type { Ruling, SignedSignal } from './ruling.js';

/** Ends of a terminal that rings which say nothing about the other terminals of its user. */
const OF_ONE_TERMINAL: readonly number[] = [CallEndReason.UNSUPPORTED, CallEndReason.FAILED];

/** Invites users: they ring until the lifetime of the invite ends. */
export function ring(call: Call, userIds: readonly bigint[], { lifetimeMs }: CallInvite, { nowMs }: Ruling): void {
  const deadlineMs = nowMs + (lifetimeMs || DEFAULT_CALL_LIFETIME_MS);
  for (const userId of userIds) call.invite(userId, deadlineMs);
}

export function accept(call: Call, member: Member, signal: SignedSignal, ruling: Ruling): void {
  if (member.state === 'joined') return;
  const others = idsOf(call.in('joined'));
  member.state = 'joined';
  member.terminal = signal.sender.terminal;
  call.answeredAtMs ??= ruling.nowMs;
  ruling.forward(signal, others, true);
  endElsewhere(call, signal.sender, ruling);
  announceMembers(call, ruling);
}

/** A user declines, cancels or hangs up. */
export function leave(call: Call, member: Member, signal: SignedSignal, end: CallEnd, ruling: Ruling): void {
  const wasInvited = member.state === 'invited';
  if (wasInvited && OF_ONE_TERMINAL.includes(end.reason)) return;
  const others = idsOf([...call.in('joined'), ...(call.isGroup ? [] : call.in('invited'))].filter((one) => one !== member));
  member.state = 'left';
  const hasEnded = call.isGroup ? isEmpty(call) : true;
  const durationMs = hasEnded ? call.durationMs(ruling.nowMs) : 0;
  ruling.forward({ ...signal, action: { $case: 'end', value: { ...end, durationMs } } }, others, wasInvited);
  if (wasInvited) endElsewhere(call, signal.sender, ruling);
  if (!hasEnded) announceMembers(call, ruling);
  else if (call.isGroup) endForAll(call, end.reason, ruling);
  else finish(call, end.reason, ruling);
}

/** Ends what has rung too long. */
export function endRinging(call: Call, ruling: Ruling): void {
  const missed = call.in('invited').filter(({ deadlineMs }) => deadlineMs <= ruling.nowMs);
  if (missed.length === 0) return;
  if (!call.isGroup) {
    endForAll(call, CallEndReason.TIMEOUT, ruling);
    return;
  }
  for (const member of missed) member.state = 'missed';
  ruling.send(call, { $case: 'end', value: { reason: CallEndReason.TIMEOUT } }, idsOf(missed));
  if (isEmpty(call)) endForAll(call, CallEndReason.TIMEOUT, ruling);
  else announceMembers(call, ruling);
}

/** The platform ends the call for all who are still in it. */
export function endForAll(call: Call, reason: CallEndReason, ruling: Ruling): void {
  const left = idsOf([...call.in('joined'), ...call.in('invited')]);
  ruling.send(call, { $case: 'end', value: { reason, durationMs: call.durationMs(ruling.nowMs) } }, left);
  finish(call, reason, ruling);
}

/** Sends who is in a group call to all who are in it or invited. */
export function announceMembers(call: Call, ruling: Ruling): void {
  if (!call.isGroup) return;
  const [invitedIds, joinedIds, missedIds] = [call.in('invited'), call.in('joined'), call.in('missed')].map(idsOf);
  const action = { $case: 'members', value: { invitedIds, joinedIds, missedIds } } as const;
  ruling.send(call, action, [...joinedIds, ...invitedIds]);
}

/** "The user's other terminals get `end` ELSEWHERE." */
function endElsewhere(call: Call, sender: UserInfo, ruling: Ruling): void {
  ruling.send(call, { $case: 'end', value: { reason: CallEndReason.ELSEWHERE } }, [sender.userId], sender);
}

/** A group call goes on while two are in it, or one is and others may still come. */
function isEmpty(call: Call): boolean {
  const joined = call.in('joined').length;
  return joined === 0 || (joined === 1 && call.in('invited').length === 0);
}

function finish(call: Call, reason: CallEndReason, ruling: Ruling): void {
  const { id: callId, video, conversation, caller } = call;
  call.endedAtMs = ruling.nowMs;
  const record = {
    callId,
    video,
    answered: call.answeredAtMs !== undefined,
    durationMs: call.durationMs(ruling.nowMs),
    reason,
  };
  ruling.ended = { conversation, caller, record };
}
