// `data` of a message, read so that it can be written again without loss.
import { Command } from '../../generated/im/protocol/v1/command.js';
import { carry } from './carried.js';
import { isSame, type JsonObject } from './json.js';
import type { MessageCommand, NativeData, ReadContext } from './old-message.js';
import type { LegacyProfile } from './profile.js';
import { readWritable, writeData } from './write-data.js';

/**
 * Reads `data` of a message, writes it again and compares: what is lost, the message carries along. So every message that is read can be
 * written again.
 * @param always carry the JSON even if nothing is lost: it may be written for other receivers than here.
 * @throws ProtocolError INVALID_MESSAGE as `readWritable`.
 */
export function convertData(
  command: MessageCommand,
  json: JsonObject,
  profile: LegacyProfile,
  context: ReadContext,
  always = false,
): NativeData {
  const native = readWritable(command, json, profile, context);
  const [written] = writeData(native.data, profile, {});
  if (always || written?.command !== command || !isSame(written.json, json)) {
    carry(native.data.value, json, profile, written?.command === command ? 0 : command);
  }
  return native;
}

/** True for the commands whose data is a message. */
export function isMessageCommand(command: number | undefined): command is MessageCommand {
  return command === Command.PRIVATE_MESSAGE || command === Command.GROUP_MESSAGE || command === Command.SYSTEM_MESSAGE;
}
