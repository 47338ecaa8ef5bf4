// The names of the topics: one per server and kind of message, one per kind of result, and those from the servers to the platform.
import { SERVER_ID_MAX_BYTES } from '../limits.js';
import { requireId } from './name-rules.js';

/**
 * What a topic carries: private messages, group messages, system messages (including FORCE_LOGOUT and, by default, commands from 1000 on), or
 * events: what is transient and ordered, as TYPING and CALL.
 */
export type TopicKind = 'private' | 'group' | 'system' | 'event';

/** All kinds, in listing order. */
export const TOPIC_KINDS: readonly TopicKind[] = ['private', 'group', 'system', 'event'];

/** The message type of a topic. RocketMQ rejects messages of other types there. */
export type TopicType = 'NORMAL' | 'FIFO' | 'DELAY';

/** A parsed topic name. */
export type ParsedTopic =
  | { readonly carries: 'ReceiveInfo'; readonly kind: TopicKind; readonly serverId: string; readonly type: TopicType }
  | { readonly carries: 'SendResult'; readonly kind: ResultKind; readonly type: TopicType }
  | { readonly carries: 'SessionEvent' | 'UplinkInfo'; readonly type: TopicType };

/** The kinds of messages that have results of their own; the results of events are those of system messages. */
export type ResultKind = Exclude<TopicKind, 'event'>;

const MESSAGE = 'im_message_';
const EVENT = 'im_event_';
const RESULT = 'im_result_';
const RESULT_KINDS = ['private', 'group', 'system'] as const;
const MESSAGE_TOPIC = /^im_(?:message_(private|group|system)|event)_([a-zA-Z0-9_-]+)$/;
const RESULT_TOPIC = /^im_result_(private|group|system)$/;

/** Creates and parses topic names. */
export const topics = {
  /** The topic of SessionEvents, from all IM servers to the platform. */
  session: 'im_session',

  /** The topic of UplinkInfos, from all IM servers to the platform. */
  uplink: 'im_uplink',

  /**
   * The topic on which an IM server receives messages of a kind: `im_message_private_7`, `im_event_7`.
   * @param serverId 1 to 108 letters, digits, `_` and `-`.
   * @throws ProtocolError INVALID_MESSAGE
   */
  message(kind: TopicKind, serverId: string | number | bigint): string {
    const id = String(serverId);
    requireId('serverId', id, SERVER_ID_MAX_BYTES);
    return kind === 'event' ? EVENT + id : `${MESSAGE}${kind}_${id}`;
  },

  /** The topic of the results for messages of a kind: `im_result_private`; for events, that of system messages. */
  result(kind: TopicKind): string {
    return RESULT + (kind === 'event' ? 'system' : kind);
  },

  /**
   * The topics that an IM server consumes with its group `consumerGroup('server', serverId)`. Not that of its events, which has a group of its
   * own: consumers of one group need the same topics, and a server of version 1 has three.
   * @throws ProtocolError INVALID_MESSAGE
   */
  ofServer(serverId: string | number | bigint): string[] {
    return RESULT_KINDS.map((kind) => topics.message(kind, serverId));
  },

  /**
   * The topic that an IM server of version 2 consumes with its group `consumerGroup('event', serverId)`.
   * @throws ProtocolError INVALID_MESSAGE
   */
  ofEvents(serverId: string | number | bigint): string[] {
    return [topics.message('event', serverId)];
  },

  /** The topics of results, which the platform consumes. */
  ofResults(): string[] {
    return RESULT_KINDS.map((kind) => topics.result(kind));
  },

  /** The topics of sessions and uplinks, which a platform of version 2 consumes. */
  ofUplinks(): string[] {
    return [topics.session, topics.uplink];
  },

  /** Parses the name of a topic of this system; undefined for other topics. */
  parse(topic: string): ParsedTopic | undefined {
    const message = MESSAGE_TOPIC.exec(topic);
    if (message !== null && message[2].length <= SERVER_ID_MAX_BYTES) {
      const kind = (message[1] ?? 'event') as TopicKind;
      return { carries: 'ReceiveInfo', kind, serverId: message[2], type: kind === 'system' ? 'NORMAL' : 'FIFO' };
    }
    if (topic === topics.session) return { carries: 'SessionEvent', type: 'FIFO' };
    if (topic === topics.uplink) return { carries: 'UplinkInfo', type: 'FIFO' };
    const result = RESULT_TOPIC.exec(topic);
    return result === null ? undefined : { carries: 'SendResult', kind: result[1] as ResultKind, type: 'NORMAL' };
  },
} as const;
