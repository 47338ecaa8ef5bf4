// `data` of a message, with the keys of a profile.
import type { LegacyContentType } from './content-types.js';
import { type Json, type JsonObject, put } from './json.js';
import type { MessageCommand } from './old-message.js';
import type { LegacyProfile } from './profile.js';
import { idJson, timeJson } from './values.js';

/** `data` of a message, its type and its command. */
export interface OldData {
  readonly command: MessageCommand;
  readonly type: LegacyContentType;
  readonly json: JsonObject;
}

/** True if the system has the type. A tip may also be a text. */
export function isWritable({ type }: OldData, { contentTypes }: LegacyProfile): boolean {
  return type === 'TIP_TEXT' || typeof contentTypes[type] === 'number';
}

/** Values of a message, under the names of box-im. Undefined ones are left out. */
export interface OldValues {
  readonly id?: bigint | undefined;
  readonly tmpId?: string | undefined;
  readonly sendId?: Json | undefined;
  readonly recvId?: Json | undefined;
  readonly groupId?: Json | undefined;
  readonly sendNickName?: string | undefined;
  readonly content?: string | undefined;
  readonly type: LegacyContentType;
  readonly receipt?: boolean | undefined;
  readonly receiptOk?: boolean | undefined;
  readonly readedCount?: number | undefined;
  readonly atUserIds?: Json[] | undefined;
  readonly status?: number | undefined;
  readonly sentAtMs?: bigint | undefined;
}

/** `data` with the keys of the profile. */
export function messageJson(command: MessageCommand, values: OldValues, profile: LegacyProfile): OldData {
  const keys = profile.keys.message;
  const json: JsonObject = {};
  put(json, keys.id, idJson(values.id, profile));
  put(json, keys.tmpId, values.tmpId);
  put(json, keys.groupId, values.groupId);
  put(json, keys.sendId, values.sendId);
  put(json, keys.recvId, values.recvId);
  put(json, keys.sendNickName, values.sendNickName);
  put(json, keys.content, values.content);
  put(json, keys.type, profile.contentTypes[values.type] ?? profile.contentTypes.TEXT ?? undefined);
  put(json, keys.receipt, values.receipt);
  put(json, keys.receiptOk, values.receiptOk);
  put(json, keys.readedCount, values.readedCount);
  put(json, keys.atUserIds, values.atUserIds);
  put(json, keys.status, values.status);
  put(json, keys.sendTime, timeJson(values.sentAtMs));
  return { command, type: values.type, json };
}
