// What a session did, in words that a table can hold.
import { COMMANDS } from '../../generated/commands.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import type { Session, SessionEvent } from '../../src/session/index.js';

/** The frames that wait to be written, decoded by `decodeFrame`: `ERROR 25 re 77`, `PRIVATE_MESSAGE 2`, `Welcome`. */
export function written(session: Session): string[] {
  return session.takeBytes().map(frameText);
}

export function frameText(bytes: Uint8Array): string {
  const frame = decodeFrame(bytes);
  if (frame.type === 'Reject') return `Reject ${frame.message.code}`;
  if (frame.type !== 'SendInfo') return frame.type;
  const { cmd, sequence, replyTo, data } = frame.message;
  const code = data?.$case === 'error' || data?.$case === 'sendResult' ? ` ${data.value.code}` : '';
  const number = replyTo === 0 ? ` ${sequence}` : ` re ${replyTo}`;
  return `${COMMANDS[cmd]?.name ?? cmd}${code}${number}`;
}

/** The events since the last call: `message PRIVATE_MESSAGE 77`, `failed 2 TIMEOUT`, `closed IDLE_TIMEOUT`. */
export function events(session: Session): string[] {
  return session.takeEvents().map(eventText);
}

function eventText(event: SessionEvent): string {
  switch (event.type) {
    case 'login':
      return `login ${event.sequence}`;
    case 'message':
      return `message ${COMMANDS[event.message.cmd]?.name ?? event.message.cmd} ${event.message.sequence}`;
    case 'reply':
      return `reply ${event.sequence}`;
    case 'failed':
      return `failed ${event.sequence} ${event.error.code}`;
    case 'notice':
      return `notice ${event.error.code}`;
    case 'closed':
      return `closed ${event.error?.code ?? ''}`.trim();
    default:
      return event.type;
  }
}
