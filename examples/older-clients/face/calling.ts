// Calls of two users: each step of WebRTC is an HTTP call, whose body is what the browser gave the client. The others get it on their sockets.
import { randomUUID } from 'node:crypto';
import { CallEndReason, type CallSignal, type UserInfo } from '@im/protocol';
import { privateRef } from '@im/protocol/conversation';
import type { Services } from '../../chat/platform/services.js';
import type { Call, Handler, Routes } from './http-face.js';
import { fromOlderForm, PROFILE } from './older-form.js';
import { Refusal, ResultCode } from './results.js';

const MAX_SIGNAL_LENGTH = 16_384;
const MAX_REASON_LENGTH = 128;
const { contentTypes: TYPES } = PROFILE;

export function createCallingRoutes({ calls, context }: Services): Routes<Handler> {
  // Ascending for each sender in each call.
  let steps = 0;

  /** Older clients do not name a call: there is one at a time between two users. */
  const openCall = ({ user, query }: Call): string => {
    const callId = calls.openCall(privateRef(user.userId, query.id('uid')));
    if (callId === undefined) throw new Refusal(ResultCode.FAILED, '通话已结束');
    return callId;
  };

  const take = async (call: Call, type: number | null | undefined, content: string, callId: string): Promise<void> => {
    steps += 1;
    const signal = signalOf(call, { type, content }, callId, steps);
    await calls.take({ ...signal, sentAtMs: BigInt(context.nowMs()) }, call.user);
  };

  const step =
    (type: number | null | undefined, contentOf: (call: Call) => string = () => ''): Handler =>
    (call) =>
      take(call, type, contentOf(call), openCall(call));

  return {
    'POST /webrtc/private/call': (call) => {
      const isVideo = (call.query.optionalText('mode', 5) ?? 'video') === 'video';
      return take(call, isVideo ? TYPES.RTC_CALL_VIDEO : TYPES.RTC_CALL_VOICE, signalIn(call), `http-${randomUUID()}`);
    },
    'POST /webrtc/private/accept': step(TYPES.RTC_ACCEPT, signalIn),
    'POST /webrtc/private/candidate': step(TYPES.RTC_CANDIDATE, signalIn),
    'POST /webrtc/private/reject': step(TYPES.RTC_REJECT),
    'POST /webrtc/private/cancel': step(TYPES.RTC_CANCEL),
    'POST /webrtc/private/handup': step(TYPES.RTC_HANGUP),
    'POST /webrtc/private/failed': step(TYPES.RTC_FAILED, ({ query }) => query.text('reason', MAX_REASON_LENGTH)),
    'POST /webrtc/private/heartbeat': async (call) => void openCall(call),
  };
}

function signalIn({ body }: Call): string {
  if (body === '' || body.length > MAX_SIGNAL_LENGTH)
    throw new Refusal(ResultCode.FAILED, `body: expected 1 to ${MAX_SIGNAL_LENGTH} characters, got ${body.length}`);
  return body;
}

function signalOf(
  { user, query }: Call,
  message: { readonly type: number | null | undefined; readonly content: string },
  callId: string,
  step: number,
): CallSignal {
  const form = { sendId: Number(user.userId), recvId: Number(query.id('uid')), ...message };
  const { data } = fromOlderForm('private', form, user, { callId, step });
  if (data?.$case !== 'call') throw new Refusal(ResultCode.FAILED, 'body: expected a session description or a candidate as JSON');
  return ended(data.value, user);
}

/** A user who is busy refuses for all of their terminals; other failures are of one terminal, and the others ring on. */
function ended(signal: CallSignal, sender: UserInfo): CallSignal {
  const { action } = signal;
  if (action?.$case !== 'end' || !action.value.message.includes('忙')) return { ...signal, sender };
  return { ...signal, sender, action: { $case: 'end', value: { ...action.value, reason: CallEndReason.BUSY } } };
}
