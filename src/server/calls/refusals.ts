// Why a step of a call is refused.
import type { CallInvite } from '../../../generated/im/protocol/v1/call_signal.js';
import { ProtocolError } from '../../errors.js';

export function denied(text: string): ProtocolError {
  return new ProtocolError('PERMISSION_DENIED', text);
}

/** @throws ProtocolError with `code` if `actual` exceeds `limit`. */
export function requireWithin(code: 'QUOTA_EXCEEDED' | 'RATE_LIMITED', actual: number, limit: number, what: string): void {
  if (actual > limit) throw new ProtocolError(code, `${actual} ${what}, limit ${limit}`, { limit, actual });
}

/** The users to call, without the caller. @throws ProtocolError NOT_A_MEMBER */
export function requireMembers({ inviteeIds }: CallInvite, callerId: bigint, groupMembers: ReadonlySet<bigint>): bigint[] {
  const invited = [...new Set(inviteeIds)].filter((id) => id !== callerId);
  if (invited.some((id) => !groupMembers.has(id))) throw new ProtocolError('NOT_A_MEMBER', 'a user to call is not in the group');
  return invited;
}
