// The receivers of a ReceiveInfo, by the JSON that they get: a user's own terminals get READ where the other user gets RECEIPT.
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import type { ReceiversInit } from '../../generated/im/protocol/v1/receivers.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { isSame, type JsonObject } from './json.js';
import type { LegacyProfile } from './profile.js';
import { dataOf, writeData } from './write-data.js';

/** Turns what `writeData` wrote into what is pushed. */
type Push<P> = (written: { command: number; json: JsonObject }[], info: ReceiveInfoInit, profile: LegacyProfile) => P[];

/** Receivers and what they get: one entry for each push and each group of receivers. */
export function audiencesOf<P extends object>(
  info: ReceiveInfoInit,
  profile: LegacyProfile,
  push: Push<P>,
): { receivers: readonly ReceiversInit[]; pushed: P }[] {
  const { receivers = [] } = info;
  const data = dataOf(info);
  const pushesFor = (receiverId: bigint | undefined): P[] => push(writeData(data, profile, { receiverId }), info, profile);
  const own = ownIdOf(data);
  const others = new Set(receivers.flatMap(({ userIds = [] }) => [...userIds].filter((id) => id !== own)));
  const hasOwn = own !== undefined && receivers.some(({ userIds = [] }) => userIds.includes(own));
  const forOthers = others.size === 0 ? [] : pushesFor(others.size === 1 ? [...others][0] : undefined);
  const forOwn = hasOwn ? pushesFor(own) : [];
  const entries = (list: readonly ReceiversInit[], pushes: readonly P[]) => pushes.map((pushed) => ({ receivers: list, pushed }));
  if (!hasOwn || others.size === 0 || isEqual(forOwn, forOthers)) return entries(receivers, hasOwn ? forOwn : forOthers);
  return [
    ...entries(
      only(receivers, (id) => id === own),
      forOwn,
    ),
    ...entries(
      only(receivers, (id) => id !== own),
      forOthers,
    ),
  ];
}

function isEqual(a: readonly object[], b: readonly object[]): boolean {
  return a.length === b.length && a.every((item, i) => isSame(item as JsonObject, b[i] as JsonObject));
}

function only(receivers: readonly ReceiversInit[], isIn: (id: bigint) => boolean): ReceiversInit[] {
  return receivers.flatMap(({ terminal, userIds = [] }) => {
    const ids = [...userIds].filter(isIn);
    return ids.length === 0 ? [] : [{ terminal, userIds: ids }];
  });
}

/** The user for whom the JSON may differ: who wrote or read, or one of the two in a conversation. */
function ownIdOf(data: SendInfoInit['data']): bigint | undefined {
  switch (data?.$case) {
    case 'privateMessage':
    case 'groupMessage':
    case 'call':
      return data.value.sender?.userId;
    case 'read':
      return data.value.reader?.userId;
    case 'systemMessage':
    case 'conversation': {
      const kind = data.value.conversation?.kind;
      return kind?.$case === 'private' ? kind.value.lowerId : undefined;
    }
    default:
      return undefined;
  }
}
