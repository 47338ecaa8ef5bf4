// The body of a Content -> the type and `content` of a message.

import { CallEndReason } from '../../generated/im/protocol/v1/call_end_reason.js';
import type { CallRecordInit } from '../../generated/im/protocol/v1/call_record.js';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import { StreamState } from '../../generated/im/protocol/v1/stream_state.js';
import { jsonMessageIn } from './carried.js';
import type { LegacyContentType } from './content-types.js';
import { type JsonObject, put, writeJson } from './json.js';
import type { LegacyProfile } from './profile.js';
import { integerJson } from './values.js';

/** The type of a message and its `content`; undefined = the message has no `content`. */
export interface OldBody {
  readonly type: LegacyContentType;
  readonly content: string | undefined;
}

type Media<Case extends string> = Extract<NonNullable<ContentInit['body']>, { $case: Case }>['value'];

/** The counterpart of a body, at worst its fallback as text; undefined if an older client is not sent it. Edits are not written here. */
export function writeBody({ body, fallback = '' }: ContentInit, profile: LegacyProfile): OldBody | undefined {
  const old = exactBody(body, fallback, profile);
  if (old !== undefined && typeof profile.contentTypes[old.type] === 'number') return old;
  return old === undefined && !hasFallback(body) ? undefined : text(fallback);
}

/** A text; undefined for an empty one, which older clients show as an empty bubble. */
export function text(content: string, type: 'TEXT' | 'TIP_TEXT' = 'TEXT'): OldBody | undefined {
  return content === '' ? undefined : { type, content };
}

/** "A reader that does not know the body shows the fallback": for bodies that the older clients do not know. */
function hasFallback(body: ContentInit['body']): boolean {
  return body?.$case !== 'reaction' && body?.$case !== 'stream' && body?.$case !== 'edit';
}

function exactBody(body: ContentInit['body'], fallback: string, profile: LegacyProfile): OldBody | undefined {
  switch (body?.$case) {
    case 'text':
      return { type: 'TEXT', content: body.value.text ?? '' };
    case 'image':
      return { type: 'IMAGE', content: imageJson(body.value, profile) };
    case 'file':
    case 'video':
      return { type: 'FILE', content: fileJson(body.value, profile) };
    case 'audio':
      return { type: 'AUDIO', content: audioJson(body.value, profile) };
    case 'recall':
      return { type: 'RECALL', content: String(body.value.messageId ?? 0n) };
    case 'call':
      return { type: body.value.video ? 'CALL_VIDEO' : 'CALL_VOICE', content: fallback || callText(body.value) };
    case 'stream': {
      const { state, text: written = '' } = body.value;
      return state === StreamState.OPEN ? undefined : text(written);
    }
    case 'custom':
      // Its own JSON is merged into it.
      return jsonMessageIn(body.value, profile) === undefined ? undefined : { type: 'TEXT', content: fallback };
    default:
      return undefined;
  }
}

function imageJson({ url = '', thumbnailUrl, width, height }: Media<'image'>, { keys: { image } }: LegacyProfile): string {
  const json: JsonObject = {};
  put(json, image.originUrl, url);
  put(json, image.thumbUrl, thumbnailUrl || url);
  put(json, image.width, width || undefined);
  put(json, image.height, height || undefined);
  return writeJson(json);
}

/** The older clients have no video: it is a file. */
function fileJson({ name, sizeBytes = 0n, url = '' }: Media<'file'> | Media<'video'>, { keys: { file } }: LegacyProfile): string {
  const json: JsonObject = {};
  put(json, file.name, name || (url.split(/[?#]/)[0].split('/').pop() ?? ''));
  put(json, file.size, integerJson(sizeBytes));
  put(json, file.url, url);
  return writeJson(json);
}

function audioJson({ durationMs = 0, url = '' }: Media<'audio'>, { keys: { audio } }: LegacyProfile): string {
  const json: JsonObject = {};
  put(json, audio.duration, Math.round(durationMs / 1000));
  put(json, audio.url, url);
  return writeJson(json);
}

/** The texts of box-im. */
function callText({ answered, durationMs = 0, reason }: CallRecordInit): string {
  const seconds = Math.round(durationMs / 1000);
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  if (answered) return `通话时长 ${twoDigits(Math.floor(seconds / 60))}:${twoDigits(seconds % 60)}`;
  if (reason === CallEndReason.REJECTED) return '已拒绝';
  return reason === CallEndReason.CANCELLED ? '已取消' : '未接通';
}
