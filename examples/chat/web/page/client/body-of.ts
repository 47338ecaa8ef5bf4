// The content of a message as the view shows it.
import { type CallEndReason, type Content, CallEndReason as End, NoticeKind, StreamState } from '@im/protocol';
import { nameOf } from '../../users.js';
import type { CallEnd } from '../model/chat-model.js';
import type { BodyView, ForwardedView, StreamView } from '../model/message-view.js';

const NOTICES: Readonly<Record<number, string>> = {
  [NoticeKind.GROUP_CREATED]: 'created',
  [NoticeKind.MEMBERS_JOINED]: 'joined',
  [NoticeKind.MEMBERS_LEFT]: 'left',
  [NoticeKind.MEMBERS_REMOVED]: 'removed',
  [NoticeKind.GROUP_RENAMED]: 'renamed',
  [NoticeKind.ANNOUNCEMENT_CHANGED]: 'announcement',
};

const STREAM_STATES: Readonly<Record<number, StreamView>> = {
  [StreamState.OPEN]: 'open',
  [StreamState.CANCELLED]: 'cancelled',
  [StreamState.FAILED]: 'failed',
};

const CALL_ENDS: Readonly<Record<number, CallEnd>> = {
  [End.REJECTED]: 'rejected',
  [End.CANCELLED]: 'cancelled',
  [End.BUSY]: 'busy',
  [End.TIMEOUT]: 'timeout',
  [End.UNREACHABLE]: 'unreachable',
  [End.UNSUPPORTED]: 'unsupported',
  [End.FAILED]: 'failed',
  [End.ELSEWHERE]: 'elsewhere',
};

/** How deep forwarded messages in forwarded messages are shown: "readers count for themselves". */
const MAX_DEPTH = 10;

export function bodyOf(content: Content, depth = 1): BodyView {
  const { body, fallback } = content;
  switch (body?.$case) {
    case 'text':
      return { kind: 'text', text: body.value.text };
    case 'image': {
      const { url, name, caption, width, height } = body.value;
      return { kind: 'image', url, name, caption, width, height };
    }
    case 'file':
    case 'audio':
    case 'video':
      return {
        kind: 'file',
        media: body.$case,
        url: body.value.url,
        name: body.value.name,
        sizeBytes: Number(body.value.sizeBytes),
      };
    case 'stream': {
      const { text, state, error } = body.value;
      return { kind: 'stream', text, reasoning: '', state: streamState(state), error };
    }
    case 'call': {
      const { video, answered, durationMs, reason } = body.value;
      return { kind: 'call', video, answered, durationMs, end: callEnd(reason) };
    }
    case 'notice': {
      const { kind, actorId, userIds, text } = body.value;
      const actor = actorId === 0n ? '' : nameOf(actorId);
      return { kind: 'notice', notice: NOTICES[kind] ?? '', actor, users: userIds.map(nameOf), text, fallback };
    }
    case 'merged': {
      const { title, count, preview, items } = body.value;
      const shown =
        depth > MAX_DEPTH
          ? []
          : items.map((item): ForwardedView => {
              const { senderName, senderId, sentAtMs } = item.origin!;
              return {
                senderName: senderName || nameOf(senderId),
                sentAtMs: Number(sentAtMs),
                body: bodyOf(item.content!, depth + 1),
              };
            });
      return { kind: 'merged', title, count, preview, items: shown };
    }
    case 'recall':
      return {
        kind: 'recalled',
        ...(body.value.operatorId !== 0n && { by: { userId: body.value.operatorId, name: nameOf(body.value.operatorId) } }),
      };
    default:
      return { kind: 'other', text: fallback };
  }
}

export function streamState(state: number): StreamView {
  return STREAM_STATES[state] ?? 'done';
}

export function callEnd(reason: CallEndReason): CallEnd {
  return CALL_ENDS[reason] ?? 'hangup';
}
