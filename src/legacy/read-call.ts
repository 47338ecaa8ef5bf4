// Calls: types 100 to 107 and 200 to 211 -> CallSignal.
import { CallEndReason } from '../../generated/im/protocol/v1/call_end_reason.js';
import type { CallSignalInit, IceCandidateInit, SessionDescriptionInit } from '../../generated/im/protocol/v1/call_signal.js';
import type { LegacyContentType } from './content-types.js';
import { isObject, type Json, type JsonObject } from './json.js';
import { idOf, jsonIn, objectIn, textOf, uint32Of } from './values.js';

type Action = NonNullable<CallSignalInit['action']>;

/** The step of a call for a type and its content; undefined without a counterpart. */
export function readCallAction(type: LegacyContentType | undefined, content: string): Action | undefined {
  switch (type) {
    case 'RTC_CALL_VOICE':
    case 'RTC_CALL_VIDEO': {
      const offer = descriptionIn(content);
      return offer && { $case: 'invite', value: { video: type === 'RTC_CALL_VIDEO', offer } };
    }
    case 'RTC_ACCEPT': {
      const answer = descriptionIn(content);
      return answer && { $case: 'accept', value: { answer } };
    }
    case 'RTC_REJECT':
    case 'RTC_GROUP_REJECT':
      return end(CallEndReason.REJECTED);
    case 'RTC_CANCEL':
    case 'RTC_GROUP_CANCEL':
      return end(CallEndReason.CANCELLED);
    case 'RTC_HANGUP':
    case 'RTC_GROUP_QUIT':
      return end(CallEndReason.HANGUP);
    case 'RTC_FAILED':
      return end(CallEndReason.FAILED, content);
    case 'RTC_GROUP_FAILED':
      return end(CallEndReason.FAILED, textOf(objectIn(content)?.reason) ?? '');
    case 'RTC_CANDIDATE':
    case 'RTC_GROUP_CANDIDATE':
      return candidatesIn(content);
    case 'RTC_GROUP_SETUP':
    case 'RTC_GROUP_INVITE':
      return inviteIn(content);
    case 'RTC_GROUP_ACCEPT':
    case 'RTC_GROUP_JOIN':
      return { $case: 'accept', value: {} };
    case 'RTC_GROUP_OFFER': {
      const offer = descriptionIn(content);
      return offer && { $case: 'offer', value: offer };
    }
    case 'RTC_GROUP_ANSWER': {
      const answer = descriptionIn(content);
      return answer && { $case: 'answer', value: answer };
    }
    case 'RTC_GROUP_DEVICE': {
      const { isCamera, isMicroPhone } = objectIn(content) ?? {};
      return { $case: 'media', value: { camera: isCamera === true, microphone: isMicroPhone === true } };
    }
    default:
      return undefined;
  }
}

function end(reason: number, message = ''): Action {
  return { $case: 'end', value: { reason, message } };
}

/** RTCSessionDescriptionInit as JSON text. */
function descriptionIn(content: string): SessionDescriptionInit | undefined {
  const sdp = textOf(objectIn(content)?.sdp);
  return sdp === undefined || sdp === '' ? undefined : { sdp };
}

/** RTCIceCandidateInit as JSON text. */
function candidatesIn(content: string): Action | undefined {
  const json = objectIn(content);
  if (json === undefined) return undefined;
  const item: IceCandidateInit = {
    candidate: textOf(json.candidate) ?? '',
    sdpMid: textOf(json.sdpMid) ?? '',
    sdpMLineIndex: uint32Of(json.sdpMLineIndex),
    usernameFragment: textOf(json.usernameFragment) ?? '',
  };
  return { $case: 'candidates', value: { items: [item] } };
}

/** A list of users: `[{id, nickName, headImage, isCamera, isMicroPhone}]`. */
function inviteIn(content: string): Action | undefined {
  const list = jsonIn(content);
  if (!Array.isArray(list)) return undefined;
  const users = list.filter((item: Json): item is JsonObject => isObject(item));
  const ids = users.flatMap(({ id }) => idOf(id) ?? []);
  const video = users.some(({ isCamera }) => isCamera === true);
  return { $case: 'invite', value: { video, inviteeIds: [...new Set(ids)] } };
}
