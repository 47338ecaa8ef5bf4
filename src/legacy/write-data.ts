// The data of a command -> `data` of private, group and system messages.
import { COMMANDS } from '../../generated/commands.js';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { ConversationStateInit } from '../../generated/im/protocol/v1/conversation_state.js';
import type { ReadPositionInit } from '../../generated/im/protocol/v1/read_position.js';
import type { ReceiptsInit } from '../../generated/im/protocol/v1/receipts.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { type Carried, carriedBy, carriedInAny } from './carried.js';
import { type JsonObject, merge } from './json.js';
import { isWritable, type OldData } from './message-json.js';
import { eventJson, groupJson, privateJson, type WriteContext } from './new-json.js';
import { type MessageCommand, type NativeData, type ReadContext, readMessage } from './old-message.js';
import type { LegacyProfile } from './profile.js';
import { readCustom, readData } from './read-data.js';
import { writeCallAction } from './write-call.js';
import { writeSystem } from './write-system.js';

type Data = SendInfoInit['data'];

/**
 * The messages that older clients get for the data of a command: none for what they do not have, several where they need several. What the data
 * carries of an older system is merged in.
 */
export function writeData(data: Data, profile: LegacyProfile, context: WriteContext): OldData[] {
  const plain = writePlain(data, profile, context);
  const carried = data === undefined ? undefined : carriedOf(data, profile);
  if (carried === undefined) return plain;
  const merged = plain.length === 1 ? mergeCarried(plain[0], carried, data, profile, context) : undefined;
  if (merged !== undefined) return [merged];
  // What is carried does not belong to this message. A custom body without a fallback is nothing without it.
  const content = contentOf(data);
  return content?.body?.$case === 'custom' && !content.fallback ? [] : plain;
}

/** The data of a command; undefined for data that does not belong to it, as with a command of a later version. */
export function dataOf({ cmd = 0, data }: { cmd?: number | undefined; data?: object | undefined }): Data {
  const member = data as Data;
  return member !== undefined && COMMANDS[cmd]?.data.includes(member.$case) ? member : undefined;
}

/** Written without what it carries. */
function writePlain(data: Data, profile: LegacyProfile, context: WriteContext): OldData[] {
  return writeMember(data, profile, context).filter((written) => isWritable(written, profile));
}

function writeMember(data: Data, profile: LegacyProfile, context: WriteContext): OldData[] {
  switch (data?.$case) {
    case 'privateMessage': {
      const { sender, receiverId, content } = data.value;
      return privateJson(content, sender, receiverId, profile, context);
    }
    case 'groupMessage':
      return groupJson(data.value, profile, context);
    case 'systemMessage':
      return writeSystem(data.value, profile, context);
    case 'read':
      return writeRead(data.value, profile, context);
    case 'receipts':
      return writeReceipts(data.value, profile);
    case 'conversation':
      return writeConversation(data.value, profile, context);
    case 'call':
      return writeCallAction(data.value, profile).map(({ type, content }) => {
        const { conversation, sender, sentAtMs } = data.value;
        return eventJson(conversation, sender?.userId, { type, content, sentAtMs }, profile, context);
      });
    default:
      return [];
  }
}

/**
 * Reads `data` of a message. What cannot be written again becomes a custom body with the JSON.
 * @throws ProtocolError INVALID_MESSAGE as `readData`.
 */
export function readWritable(
  command: MessageCommand,
  json: JsonObject,
  profile: LegacyProfile,
  context: ReadContext,
): NativeData {
  const native = readData(command, json, profile, context);
  if (writePlain(native.data, profile, {}).length === 1) return native;
  return readCustom(readMessage(command, json, profile, context));
}

function contentOf(data: Data): ContentInit | undefined {
  if (data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage' && data?.$case !== 'systemMessage') return undefined;
  return data.value.content;
}

function carriedOf(data: NonNullable<Data>, profile: LegacyProfile): Carried | undefined {
  const body = contentOf(data)?.body;
  return (body?.$case === 'custom' ? carriedInAny(body.value, profile) : undefined) ?? carriedBy(data.value, profile);
}

/**
 * The original JSON with what has changed since. It is read again, so that JSON which says something else than its message is ignored: it does
 * not come from a converter.
 */
function mergeCarried(
  now: OldData,
  { json, command }: Carried,
  data: Data,
  profile: LegacyProfile,
  context: WriteContext,
): OldData | undefined {
  const original = (command || now.command) as MessageCommand;
  try {
    const native = readWritable(original, json, profile, { terminal: terminalOf(data) });
    const [then, ...others] = writePlain(native.data, profile, context);
    const isThisMessage =
      then !== undefined && others.length === 0 && then.command === now.command && native.data.$case === data?.$case;
    if (!isThisMessage || hasOtherBody(data, native)) return undefined;
    return { command: original, type: now.type, json: merge(now.json, json, then.json) };
  } catch {
    return undefined;
  }
}

/** JSON that is read as another body does not belong to this message. */
function hasOtherBody(data: Data, native: NativeData): boolean {
  return contentOf(data)?.body?.$case !== contentOf(native.data)?.body?.$case;
}

function terminalOf(data: Data): number | undefined {
  if (data?.$case === 'privateMessage' || data?.$case === 'groupMessage' || data?.$case === 'call')
    return data.value.sender?.terminal;
  return undefined;
}

/** A reader's own terminals get READ; the other user gets RECEIPT. Members of a group get counts, as receipts. */
function writeRead(
  { conversation, reader, readAtMs, quietly }: ReadPositionInit,
  profile: LegacyProfile,
  context: WriteContext,
): OldData[] {
  const isOwn = context.receiverId === undefined ? undefined : context.receiverId === reader?.userId;
  const isGroup = conversation?.kind?.$case === 'groupId';
  if (isOwn === false && (isGroup || quietly)) return [];
  const type = isGroup || isOwn || quietly ? 'READ' : 'RECEIPT';
  return [eventJson(conversation, reader?.userId, { type, content: undefined, sentAtMs: readAtMs }, profile, context)];
}

/** Older clients count readers in groups alone. */
function writeReceipts({ conversation, items = [] }: ReceiptsInit, profile: LegacyProfile): OldData[] {
  if (conversation?.kind?.$case !== 'groupId') return [];
  return items.map(({ messageId, read = 0, complete = false }) =>
    eventJson(conversation, undefined, { type: 'RECEIPT', content: undefined, messageId, read, complete }, profile, {}),
  );
}

/** Of the state of a conversation, older clients have whether it is muted. */
function writeConversation(
  { conversation, mutedUntilMs }: ConversationStateInit,
  profile: LegacyProfile,
  context: WriteContext,
): OldData[] {
  const content = mutedUntilMs ? 'true' : 'false';
  const kind = conversation?.kind?.$case;
  if (kind !== 'groupId' && kind !== 'private') return [];
  const type = kind === 'groupId' ? 'GROUP_MUTED' : 'FRIEND_MUTED';
  return [eventJson(conversation, context.receiverId, { type, content }, profile, context)];
}
