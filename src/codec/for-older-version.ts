// What a peer of an older version gets in place of a message that it does not know.

import { ContentTable } from '../../generated/im/protocol/v1/content.codec.js';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { StreamState } from '../../generated/im/protocol/v1/stream_state.js';
import { ProtocolError } from '../errors.js';
import { PROTOCOL_VERSION } from '../limits.js';
import { commandName, sinceOfCommand } from './command-name.js';
import { lowestVersion } from './lossy-downgrade.js';
import { olderError } from './older-error.js';

type Data = NonNullable<SendInfoInit['data']>;

/**
 * The message as a connection of a version gets it, a SendInfo or the command and data of a ReceiveInfo: the message itself, the text of a finished stream in place of its body, or an ERROR with
 * the code that the version has in place of a later one. Undefined where the version has nothing for it:
 *
 * - a command of a later version, even one that an older peer would ignore;
 * - a body of a later version whose fallback is empty: the reader would show an empty message;
 * - a stream that is still OPEN: its text comes once it is complete, with the same message_id;
 * - anything else that a frame of the version cannot carry.
 *
 * @param version of the connection, 1 to 127.
 */
export function forOlderVersion<M extends Pick<SendInfoInit, 'cmd' | 'data'>>(message: M, version: number): M | undefined {
  if (version >= PROTOCOL_VERSION) return message;
  const { cmd = 0, data } = message;
  if (sinceOfCommand(cmd) > version) return undefined;
  const older = data && olderData(data, version);
  if (data !== undefined && older === undefined) return undefined;
  const result = older === data ? message : { ...message, data: older };
  return lowestVersion(SendInfoTable, result) > version ? undefined : result;
}

/**
 * The same, for a connection to which the message has to be sent.
 * @throws ProtocolError LOSSY_DOWNGRADE, with `limit` = the version, where the version has nothing for it.
 */
export function requireForVersion(message: SendInfoInit, version: number): SendInfoInit {
  const older = forOlderVersion(message, version);
  if (older !== undefined) return older;
  const { cmd = 0 } = message;
  throw new ProtocolError('LOSSY_DOWNGRADE', `version ${version} has nothing for this ${commandName(cmd)}`, { limit: version });
}

function olderData(data: Data, version: number): Data | undefined {
  if (data.$case === 'error') {
    const value = olderError(data.value, version);
    return value === data.value ? data : { ...data, value };
  }
  const content = 'content' in data.value ? data.value.content : undefined;
  if (content === undefined || sinceOf(content) <= version) return data;
  const older = olderContent(content);
  if (older === content) return data;
  return older && ({ ...data, value: { ...data.value, content: older } } as Data);
}

/** The version that introduced the body. One that this release does not know is later than all that it knows. */
function sinceOf({ body }: ContentInit): number {
  if (body === undefined) return PROTOCOL_VERSION + 1;
  return ContentTable.fields.find(({ oneof, name }) => oneof === 'body' && name === body.$case)?.since ?? 1;
}

function olderContent(content: ContentInit): ContentInit | undefined {
  const { body, fallback = '' } = content;
  if (body?.$case === 'stream') {
    const { state, text = '' } = body.value;
    if (state === StreamState.OPEN) return undefined;
    if (text !== '') return { ...content, body: { $case: 'text', value: { text } } };
  }
  return fallback === '' ? undefined : content;
}
