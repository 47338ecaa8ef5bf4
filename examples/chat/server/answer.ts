import { Command, ProtocolError, type SendInfo, type SendInfoInit } from '@im/protocol';
import type { Application } from '../platform/application.js';
import { isSameUser, type Session } from '../platform/session.js';

/**
 * What a client that is logged in gets for what it sends; undefined = nothing.
 * @throws ProtocolError PERMISSION_DENIED, UNSUPPORTED_COMMAND, and what the application throws.
 */
export async function answer(
  { cmd, data }: SendInfo,
  { user }: Session,
  application: Application,
): Promise<SendInfoInit | undefined> {
  switch (data?.$case) {
    case 'privateMessage':
    case 'groupMessage': {
      // "`sender` must be the logged-in user and terminal, else PERMISSION_DENIED"
      if (!isSameUser(user, data.value.sender)) throw new ProtocolError('PERMISSION_DENIED', 'sender is not who is logged in');
      return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: await application.message(data) } };
    }
    case 'sendResult':
    case 'error':
      // "an ERROR is never answered; a reply to nothing is dropped"
      return undefined;
    case 'session':
    case 'systemMessage':
    case 'forceLogout':
    case 'drain':
      throw new ProtocolError('PERMISSION_DENIED', `a client does not send ${data.$case}`);
    default:
      throw new ProtocolError('UNSUPPORTED_COMMAND', `command ${cmd}`);
  }
}
