// The names of the topics: one per server and kind of message, and one per kind of result.
import { TOPIC_MAX_BYTES } from '../limits.js';
import { requireId } from './name-rules.js';

/** What a topic carries: private messages, group messages, or system messages (including FORCE_LOGOUT and commands from 1000 on). */
export type TopicKind = 'private' | 'group' | 'system';

/** All kinds, in listing order. */
export const TOPIC_KINDS: readonly TopicKind[] = ['private', 'group', 'system'];

/** The message type of a topic. RocketMQ rejects messages of other types there. */
export type TopicType = 'NORMAL' | 'FIFO' | 'DELAY';

/** A parsed topic name. */
export type ParsedTopic =
  | { readonly carries: 'ReceiveInfo'; readonly kind: TopicKind; readonly serverId: string; readonly type: TopicType }
  | { readonly carries: 'SendResult'; readonly kind: TopicKind; readonly type: TopicType };

const MESSAGE = 'im_message_';
const RESULT = 'im_result_';
const MESSAGE_TOPIC = /^im_message_(private|group|system)_([a-zA-Z0-9_-]+)$/;
const RESULT_TOPIC = /^im_result_(private|group|system)$/;

/** Maximum length of a server id, so that the name of its topics is within the limit. */
export const SERVER_ID_MAX_BYTES: number = TOPIC_MAX_BYTES - `${MESSAGE}private_`.length;

/** Creates and parses topic names. */
export const topics = {
  /**
   * The topic on which an IM server receives messages of a kind: `im_message_private_7`.
   * @param serverId 1 to 108 letters, digits, `_` and `-`.
   * @throws ProtocolError INVALID_MESSAGE
   */
  message(kind: TopicKind, serverId: string | number | bigint): string {
    const id = String(serverId);
    requireId('serverId', id, SERVER_ID_MAX_BYTES);
    return `${MESSAGE}${kind}_${id}`;
  },

  /** The topic of the results for messages of a kind: `im_result_private`. */
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

  /** Parses the name of a topic of this system; undefined for other topics. */
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

/** The topics `im_message_private_*` and `im_message_group_*` are FIFO, all others NORMAL (specification, section 10). */
function typeOf(kind: TopicKind): TopicType {
  return kind === 'system' ? 'NORMAL' : 'FIFO';
}
