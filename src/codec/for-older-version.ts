// What a peer of an older version gets in place of a message that it does not know.

import { ContentTable } from '../../generated/im/protocol/v1/content.codec.js';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { StreamState } from '../../generated/im/protocol/v1/stream_state.js';
import { ProtocolError } from '../errors.js';
import { commandName, sinceOfCommand } from './command-name.js';

type Data = NonNullable<SendInfoInit['data']>;

/**
 * The message as a connection of a version gets it: the message itself, or the text of a finished stream in place of its body. Undefined where
 * the version has nothing for it:
 *
 * - a command of a later version, even one that an older peer would ignore;
 * - a body of a later version whose fallback is empty: the reader would show an empty message;
 * - a stream that is still OPEN: its text comes once it is complete, with the same message_id.
 *
 * @param version of the connection, 1 to 127.
 */
export function forOlderVersion(message: SendInfoInit, version: number): SendInfoInit | undefined {
  const { cmd = 0, data } = message;
  if (sinceOfCommand(cmd) > version) return undefined;
  const content = contentOf(data);
  if (content === undefined || sinceOf(content) <= version) return message;
  const older = olderContent(content);
  if (older === content) return message;
  return older && { ...message, data: { ...data, value: { ...data?.value, content: older } } as Data };
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

function contentOf(data: Data | undefined): ContentInit | undefined {
  return data !== undefined && 'content' in data.value ? data.value.content : undefined;
}

/** The version that introduced the body. */
function sinceOf({ body }: ContentInit): number {
  return ContentTable.fields.find(({ oneof, name }) => oneof === 'body' && name === body?.$case)?.since ?? 1;
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
