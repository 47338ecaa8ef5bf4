// Steps that the platform does not look into: SDP, ICE candidates, media states, and steps of applications.
import { ProtocolError } from '../../errors.js';
import { type Call, idsOf, type Member } from './call.js';
import type { Ruling, SignedSignal } from './ruling.js';

/** Passes a step on: to its target, else to all who have joined, and to a callee who is being called. */
export function relay(call: Call, member: Member, signal: SignedSignal, ruling: Ruling): void {
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
