// CallSignal -> types 100 to 107 and 200 to 211.
import { CallEndReason } from '../../generated/im/protocol/v1/call_end_reason.js';
import type {
  CallInviteInit,
  CallSignalInit,
  IceCandidateInit,
  SessionDescriptionInit,
} from '../../generated/im/protocol/v1/call_signal.js';
import type { Json } from './json.js';
import { writeJson } from './json.js';
import type { LegacyProfile } from './profile.js';
import { idJson } from './values.js';
import type { OldBody } from './write-body.js';

/**
 * The counterparts of a step: none for a step that the older systems do not have, several for several candidates. An invite or accept without
 * a session description has none between two users, because older clients need it there: see `withDescription`.
 */
export function writeCallAction({ action, conversation }: CallSignalInit, profile: LegacyProfile): OldBody[] {
  if (conversation?.kind?.$case === 'groupId') return groupAction(action, conversation.kind.value, profile);
  switch (action?.$case) {
    case 'invite': {
      const { video, offer } = action.value;
      return offer === undefined
        ? []
        : [{ type: video ? 'RTC_CALL_VIDEO' : 'RTC_CALL_VOICE', content: description('offer', offer) }];
    }
    case 'accept': {
      const { answer } = action.value;
      return answer === undefined ? [] : [{ type: 'RTC_ACCEPT', content: description('answer', answer) }];
    }
    case 'answer':
      return [{ type: 'RTC_ACCEPT', content: description('answer', action.value) }];
    case 'end':
      return [privateEnd(action.value.reason, action.value.message)];
    case 'candidates':
      return (action.value.items ?? []).map((item) => ({ type: 'RTC_CANDIDATE', content: candidate(item) }));
    default:
      return [];
  }
}

function privateEnd(reason: number | undefined, message: string | undefined): OldBody {
  switch (reason) {
    case CallEndReason.REJECTED:
      return { type: 'RTC_REJECT', content: undefined };
    case CallEndReason.CANCELLED:
    // The terminals of the user that still ring stop.
    case CallEndReason.ELSEWHERE:
      return { type: 'RTC_CANCEL', content: undefined };
    case CallEndReason.HANGUP:
      return { type: 'RTC_HANGUP', content: undefined };
    default:
      return { type: 'RTC_FAILED', content: message || FAILED_TEXTS[reason ?? 0] || '通话失败' };
  }
}

/** In the words of box-im. */
const FAILED_TEXTS: Readonly<Record<number, string>> = {
  [CallEndReason.BUSY]: '对方忙线中',
  [CallEndReason.TIMEOUT]: '对方无应答',
  [CallEndReason.UNREACHABLE]: '对方不在线',
  [CallEndReason.UNSUPPORTED]: '设备不支持通话',
};

function groupAction(action: CallSignalInit['action'], groupId: bigint, profile: LegacyProfile): OldBody[] {
  switch (action?.$case) {
    case 'invite':
      return [{ type: 'RTC_GROUP_SETUP', content: users(action.value, profile) }];
    case 'accept':
      return [{ type: 'RTC_GROUP_ACCEPT', content: '' }];
    case 'end':
      return [groupEnd(action.value.reason, action.value.message)];
    case 'offer':
      return [{ type: 'RTC_GROUP_OFFER', content: description('offer', action.value) }];
    case 'answer':
      return [{ type: 'RTC_GROUP_ANSWER', content: description('answer', action.value) }];
    case 'candidates':
      return (action.value.items ?? []).map((item) => ({ type: 'RTC_GROUP_CANDIDATE', content: candidate(item) }));
    case 'media': {
      const { camera = false, microphone = false } = action.value;
      const json = { groupId: idJson(groupId, profile) ?? 0, isCamera: camera, isMicroPhone: microphone };
      return [{ type: 'RTC_GROUP_DEVICE', content: writeJson(json) }];
    }
    default:
      return [];
  }
}

function groupEnd(reason: number | undefined, message: string | undefined): OldBody {
  switch (reason) {
    case CallEndReason.REJECTED:
      return { type: 'RTC_GROUP_REJECT', content: '' };
    case CallEndReason.CANCELLED:
    case CallEndReason.ELSEWHERE:
      return { type: 'RTC_GROUP_CANCEL', content: '' };
    case CallEndReason.HANGUP:
      return { type: 'RTC_GROUP_QUIT', content: '' };
    default: {
      const json = { userIds: [], reason: message || FAILED_TEXTS[reason ?? 0] || '通话失败' };
      return { type: 'RTC_GROUP_FAILED', content: writeJson(json) };
    }
  }
}

function description(type: 'offer' | 'answer', { sdp = '' }: SessionDescriptionInit): string {
  return writeJson({ type, sdp });
}

function candidate({ candidate = '', sdpMid = '', sdpMLineIndex = 0, usernameFragment = '' }: IceCandidateInit): string {
  const json: { [key: string]: Json } = { candidate, sdpMid, sdpMLineIndex };
  if (usernameFragment !== '') json.usernameFragment = usernameFragment;
  return writeJson(json);
}

function users({ inviteeIds = [], video = false }: CallInviteInit, profile: LegacyProfile): string {
  return writeJson(inviteeIds.map((id) => ({ id: idJson(id, profile) ?? 0, isCamera: video, isMicroPhone: true })));
}

/**
 * An invite with the offer that came after it, or an accept with its answer: older clients need both in one message. Hold the first until
 * the second is there.
 * @param signal a CallSignal with `invite` or `accept`. Any other is returned as it is.
 * @returns a copy.
 */
export function withDescription(signal: CallSignalInit, description: SessionDescriptionInit): CallSignalInit {
  const { action } = signal;
  if (action?.$case === 'invite')
    return { ...signal, action: { $case: 'invite', value: { ...action.value, offer: description } } };
  if (action?.$case === 'accept')
    return { ...signal, action: { $case: 'accept', value: { ...action.value, answer: description } } };
  return signal;
}
