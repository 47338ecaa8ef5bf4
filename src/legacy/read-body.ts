// `content` of a message -> the body of a Content.

import { CallEndReason } from '../../generated/im/protocol/v1/call_end_reason.js';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { LegacyContentType } from './content-types.js';
import { at, type JsonObject } from './json.js';
import type { LegacyProfile } from './profile.js';
import { idOf, integerOf, objectIn, textOf, uint32Of } from './values.js';

/** The body of a message, and the fallback that goes with it. */
export type Body = Pick<ContentInit, 'body' | 'fallback'>;

/** The body for a type and its content; undefined without a counterpart. @param id the id of the message, which names its call. */
export function readBody(
  type: LegacyContentType | undefined,
  content: string,
  id: bigint,
  profile: LegacyProfile,
): Body | undefined {
  switch (type) {
    case 'TEXT':
    case 'TIP_TEXT':
      return content === '' ? undefined : { body: { $case: 'text', value: { text: content } } };
    case 'IMAGE':
      return within(content, (json) => readImage(json, profile));
    case 'FILE':
      return within(content, (json) => readFile(json, profile));
    case 'AUDIO':
      return within(content, (json) => readAudio(json, profile));
    case 'RECALL': {
      const messageId = /^\d+$/.test(content) ? idOf(content) : undefined;
      return messageId === undefined ? undefined : { body: { $case: 'recall', value: { messageId } } };
    }
    case 'READ':
    case 'RECEIPT':
      return { body: { $case: 'read', value: {} } };
    case 'CALL_VOICE':
    case 'CALL_VIDEO':
      return { ...readCallRecord(content, type === 'CALL_VIDEO', id), fallback: content };
    default:
      return undefined;
  }
}

function within(content: string, read: (json: JsonObject) => Body | undefined): Body | undefined {
  const json = objectIn(content);
  return json === undefined ? undefined : read(json);
}

function readImage(json: JsonObject, { keys: { image } }: LegacyProfile): Body | undefined {
  const url = textOf(at(json, image.originUrl));
  if (url === undefined) return undefined;
  const thumbnailUrl = textOf(at(json, image.thumbUrl)) ?? '';
  const width = uint32Of(at(json, image.width));
  const height = uint32Of(at(json, image.height));
  return { body: { $case: 'image', value: { url, thumbnailUrl, width, height } } };
}

function readFile(json: JsonObject, { keys: { file } }: LegacyProfile): Body | undefined {
  const url = textOf(at(json, file.url));
  if (url === undefined) return undefined;
  const sizeBytes = idOf(at(json, file.size)) ?? 0n;
  return { body: { $case: 'file', value: { url, name: textOf(at(json, file.name)) ?? '', sizeBytes } } };
}

/** Durations are in seconds. */
function readAudio(json: JsonObject, { keys: { audio } }: LegacyProfile): Body | undefined {
  const url = textOf(at(json, audio.url));
  if (url === undefined) return undefined;
  const duration = at(json, audio.duration);
  const ms = Math.round(Number(integerOf(duration) ?? (typeof duration === 'number' ? duration : 0)) * 1000);
  // 0 for -0 too, which a frame does not have.
  const durationMs = ms > 0 && ms <= 0xffff_ffff ? ms : 0;
  return { body: { $case: 'audio', value: { url, durationMs, voice: true } } };
}

const REASONS: readonly (readonly [word: string, reason: number])[] = [
  ['未接通', CallEndReason.TIMEOUT],
  ['无应答', CallEndReason.TIMEOUT],
  ['拒绝', CallEndReason.REJECTED],
  ['取消', CallEndReason.CANCELLED],
  ['忙', CallEndReason.BUSY],
];

/** `通话时长 mm:ss`, hours before them. */
const DURATION = /(?:(\d{1,3}):)?(\d{1,3}):(\d{2})$/;

function readCallRecord(content: string, video: boolean, id: bigint): Body {
  const lasted = DURATION.exec(content);
  const [, hours = '0', minutes = '0', seconds = '0'] = lasted ?? [];
  const durationMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  const reason = lasted === null ? REASONS.find(([word]) => content.includes(word))?.[1] : CallEndReason.HANGUP;
  const call = {
    callId: `legacy-${id}`,
    video,
    answered: lasted !== null,
    durationMs,
    reason: reason ?? CallEndReason.UNSPECIFIED,
  };
  return { body: { $case: 'call', value: call } };
}
