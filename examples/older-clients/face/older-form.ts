// Messages and terminals in the form of the older system.
import { type PushInit, type SendInfo, Terminal, type UserInfo } from '@im/protocol';
import { decodeLegacy, encodeLegacy, legacyProfile } from '@im/protocol/legacy';

/** What differs from other older systems. */
export const PROFILE = legacyProfile('box-im');

/** `data` of a message, without the keys that are not set. */
export type OlderMessage = Readonly<Record<string, unknown>>;

/** A push as its receiver would get it on the socket; undefined: the older clients have nothing like it. */
export function olderForm({ cmd, data }: PushInit, receiverId: bigint): OlderMessage | undefined {
  const text = encodeLegacy({ type: 'SendInfo', message: { cmd, data } }, PROFILE, { receiverId });
  // Exact: the ids of this system are below 2^53.
  return text === undefined ? undefined : (JSON.parse(text) as { data: OlderMessage }).data;
}

/** What a step of a call needs that the older clients do not say. */
export interface CallStep {
  readonly callId: string;
  readonly step: number;
}

/** A message of an older client, or a step of a call. @throws ProtocolError INVALID_MESSAGE */
export function fromOlderForm(
  kind: 'private' | 'group',
  message: OlderMessage,
  { terminal }: UserInfo,
  callStep?: CallStep,
): SendInfo {
  const command = kind === 'private' ? PROFILE.commands.PRIVATE_MESSAGE : PROFILE.commands.GROUP_MESSAGE;
  const text = JSON.stringify({ cmd: command, data: message });
  return decodeLegacy(text, PROFILE, { senderTerminal: terminal, ...callStep }).message;
}

/** The terminal with a number of the older system. */
export function terminalOf(number: number): Terminal | undefined {
  const found = Object.entries(PROFILE.terminals).find(([, value]) => value === number);
  return found && Terminal[found[0] as keyof typeof Terminal];
}

/** The number of a terminal in the older system: that of a phone for the kinds that it does not have. */
export function terminalNumber(terminal: Terminal): number {
  const found = Object.entries(PROFILE.terminals).find(([name]) => Terminal[name as keyof typeof Terminal] === terminal);
  return found?.[1] ?? PROFILE.terminals.APP ?? 1;
}
