// A short description of a frame.
import {
  type Content,
  commandName,
  type Frame,
  isGreaseVersion,
  PresenceStatus,
  type Receivers,
  redact,
  type SendInfo,
  SessionEventKind,
  StreamState,
  TypingAction,
  type UserInfo,
} from '@im/protocol';
import { errorName, nameIn, sendCodeName, terminalName } from './names.js';

export interface Description {
  /** The command; empty for handshake frames. */
  readonly command: string;
  /** The numbers that link it to other frames. */
  readonly ids: string;
  readonly text: string;
}

/** @param nameOf the name of a user. */
export function describe(frame: Frame, nameOf: (userId: bigint) => string): Description {
  const place = ({ userId, terminal }: UserInfo): string => `${nameOf(userId)}@${terminalName(terminal)}`;
  const places = (lists: readonly Receivers[]): string =>
    lists.flatMap(({ userIds, terminal }) => userIds.map((userId) => place({ userId, terminal }))).join(' ');
  // Tokens and the like never reach a log.
  const { type, message } = redact(frame);
  switch (type) {
    case 'Hello':
      return {
        command: '',
        ids: '',
        text: `versions ${versionList(message.versions)}, features ${message.features.join(' ') || 'none'}`,
      };
    case 'Welcome':
      return {
        command: '',
        ids: `connection ${message.connectionId}`,
        text: `version ${message.version}, features ${message.features.join(' ') || 'none'}`,
      };
    case 'Reject':
      return { command: '', ids: '', text: `${errorName(message.code)}: this server takes ${versionList(message.versions)}` };
    case 'SendInfo':
      return { command: commandName(message.cmd), ids: requestIds(message), text: dataText(message.data, place) };
    case 'ReceiveInfo': {
      const { cmd, replyTo, data, everyone, audience, receivers } = message;
      const ids = requestIds({ sequence: 0, replyTo, data: data as SendInfo['data'] });
      const to = audience !== undefined ? 'an audience' : everyone ? 'everyone' : places(receivers);
      return { command: commandName(cmd), ids, text: `for ${to}` };
    }
    case 'UplinkInfo': {
      const ids = requestIds({ ...message, replyTo: 0, data: message.data as SendInfo['data'] });
      return { command: commandName(message.cmd), ids, text: `of ${place(message.sender!)}` };
    }
    case 'SessionEvent': {
      const { kind, user, version } = message;
      return { command: nameIn(SessionEventKind, kind), ids: '', text: `${place(user!)}, version ${version}` };
    }
    case 'SendResult': {
      const ids = message.messageId === 0n ? '' : `id ${message.messageId}`;
      return { command: commandName(message.cmd), ids, text: `${sendCodeName(message.code)} ${places(message.receivers)}` };
    }
    default:
      return { command: '', ids: '', text: '' };
  }
}

function versionList(versions: readonly number[]): string {
  return versions.map((version) => `${version}${isGreaseVersion(version) ? ' (grease)' : ''}`).join(', ');
}

function requestIds({ sequence, replyTo, data }: Pick<SendInfo, 'sequence' | 'replyTo' | 'data'>): string {
  const link = sequence > 0 ? `#${sequence}` : replyTo > 0 ? `re #${replyTo}` : '';
  return [link, messageIds(data)].filter((part) => part !== '').join(' ');
}

function messageIds(data: SendInfo['data']): string {
  const id = messageIdOf(data);
  return id === 0n ? '' : `id ${id}`;
}

function messageIdOf(data: SendInfo['data']): bigint {
  if (data === undefined) return 0n;
  if ('content' in data.value) return data.value.content!.messageId;
  return data.$case === 'sendResult' || data.$case === 'chunk' ? data.value.messageId : 0n;
}

function dataText(data: SendInfo['data'], place: (user: UserInfo) => string): string {
  switch (data?.$case) {
    case 'login':
      return `token ${data.value.accessToken}, device ${data.value.deviceId}`;
    case 'session':
      return `${place(data.value)} is logged in`;
    case 'forceLogout':
      return data.value.reason;
    case 'sendResult':
      return sendCodeName(data.value.code);
    case 'error':
      return `${errorName(data.value.code)}: ${data.value.message}`;
    case 'privateMessage':
    case 'groupMessage':
    case 'systemMessage':
      return contentText(data.value.content!);
    case 'roomMessage':
      return contentText(data.value.content!);
    case 'syncRequest':
      return data.value.cursor.length === 0 ? 'from the beginning' : 'from a cursor';
    case 'syncPage':
    case 'historyPage':
      return `${data.value.pushes.length} pushes${data.value.more ? ', more follow' : ''}`;
    case 'historyRequest':
      return `after ${data.value.afterSeq}, before ${data.value.beforeSeq || 'the end'}`;
    case 'read':
      return `${place(data.value.reader!)} up to ${data.value.upToSeq || `id ${data.value.upToMessageId}`}`;
    case 'typing':
      return `${place(data.value.sender!)} ${nameIn(TypingAction, data.value.action)}`;
    case 'chunk':
      return `${data.value.index}: ${data.value.text}`;
    case 'streamControl':
      return data.value.resume ? `chunks after ${data.value.afterIndex}` : 'stop';
    case 'call':
      return `${data.value.action?.$case} of ${place(data.value.sender!)}`;
    case 'presenceList':
      return data.value.items.map(({ status }) => nameIn(PresenceStatus, status)).join(' ');
    case 'room':
      return data.value.join ? 'join' : 'leave';
    case 'pushAck':
      return `up to #${data.value.upToSequence}`;
    default:
      return '';
  }
}

function contentText({ body, fallback }: Content): string {
  switch (body?.$case) {
    case 'text':
      return body.value.text;
    case 'image':
      return `[image] ${body.value.name}, ${body.value.width} x ${body.value.height}, ${body.value.sizeBytes} bytes`;
    case 'recall':
    case 'reaction':
      return `[${body.$case}] of ${body.value.messageId}`;
    case 'stream':
      return `[stream] ${nameIn(StreamState, body.value.state)} ${body.value.text}`;
    // The text for readers that do not know the kind of body.
    default:
      return fallback;
  }
}
