// A short description of a frame.
import {
  type Content,
  commandName,
  type Frame,
  isGreaseVersion,
  type Receivers,
  redact,
  type SendInfo,
  type UserInfo,
} from '@im/protocol';
import { errorName, sendCodeName, terminalName } from './names.js';

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
      const ids = messageIds(message.data);
      return { command: commandName(message.cmd), ids, text: `for ${message.everyone ? 'everyone' : places(message.receivers)}` };
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

function requestIds({ sequence, replyTo, data }: SendInfo): string {
  const link = sequence > 0 ? `#${sequence}` : replyTo > 0 ? `re #${replyTo}` : '';
  return [link, messageIds(data)].filter((part) => part !== '').join(' ');
}

function messageIds(data: SendInfo['data']): string {
  const id =
    data?.$case === 'sendResult'
      ? data.value.messageId
      : data !== undefined && 'content' in data.value
        ? data.value.content!.messageId
        : 0n;
  return id === 0n ? '' : `id ${id}`;
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
      return `[recall] of ${body.value.messageId}`;
    // The text for readers that do not know the kind of body.
    default:
      return fallback;
  }
}
