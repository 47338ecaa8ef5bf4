// The topics of the system: one for each server and kind of message, and one for each kind of result.
import { TOPIC_MAX_BYTES } from '../limits.js';
import { requireId } from './name-rules.js';

/** What a topic carries: messages from user to user, to groups, or of the system (with FORCE_LOGOUT and commands from 1000 on). */
export type TopicKind = 'private' | 'group' | 'system';

/** All kinds, in the order in which they are listed everywhere. */
export const TOPIC_KINDS: readonly TopicKind[] = ['private', 'group', 'system'];

/** What RocketMQ takes on a topic. It refuses every other type of message there. */
export type TopicType = 'NORMAL' | 'FIFO' | 'DELAY';

/** What a topic's name says. */
export type ParsedTopic =
  | { readonly carries: 'ReceiveInfo'; readonly kind: TopicKind; readonly serverId: string; readonly type: TopicType }
  | { readonly carries: 'SendResult'; readonly kind: TopicKind; readonly type: TopicType };

const MESSAGE = 'im_message_';
const RESULT = 'im_result_';
const MESSAGE_TOPIC = /^im_message_(private|group|system)_([a-zA-Z0-9_-]+)$/;
const RESULT_TOPIC = /^im_result_(private|group|system)$/;

/** The longest id of a server: its topic for private messages still is a topic. */
export const SERVER_ID_MAX_BYTES: number = TOPIC_MAX_BYTES - `${MESSAGE}private_`.length;

/** Names of topics, and back. */
export const topics = {
  /**
   * The topic on which an IM server takes messages of a kind: `im_message_private_7`.
   * @param serverId 1 to 108 letters, digits, `_` and `-`.
   * @throws ProtocolError INVALID_MESSAGE
   */
  message(kind: TopicKind, serverId: string | number | bigint): string {
    const id = String(serverId);
    requireId('serverId', id, SERVER_ID_MAX_BYTES);
    return `${MESSAGE}${kind}_${id}`;
  },

  /** The topic on which the results of messages of a kind come back: `im_result_private`. */
  result(kind: TopicKind): string {
    return RESULT + kind;
  },

  /**
   * The topics that an IM server consumes.
   * @throws ProtocolError INVALID_MESSAGE
   */
  ofServer(serverId: string | number | bigint): string[] {
    return TOPIC_KINDS.map((kind) => topics.message(kind, serverId));
  },

  /** The topics that the platform consumes. */
  ofResults(): string[] {
    return TOPIC_KINDS.map((kind) => topics.result(kind));
  },

  /** What a topic of this system carries; undefined for the name of any other. */
  parse(topic: string): ParsedTopic | undefined {
    const message = MESSAGE_TOPIC.exec(topic);
    if (message !== null && message[2].length <= SERVER_ID_MAX_BYTES) {
      const kind = message[1] as TopicKind;
      return { carries: 'ReceiveInfo', kind, serverId: message[2], type: typeOf(kind) };
    }
    const result = RESULT_TOPIC.exec(topic);
    return result === null ? undefined : { carries: 'SendResult', kind: result[1] as TopicKind, type: 'NORMAL' };
  },
} as const;

/** "im_message_private_* and im_message_group_* are FIFO topics ...; the system and result topics are NORMAL". */
function typeOf(kind: TopicKind): TopicType {
  return kind === 'system' ? 'NORMAL' : 'FIFO';
}
