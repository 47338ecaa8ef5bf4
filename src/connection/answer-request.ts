import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import { commandName } from '../codec/command-name.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientOptions } from './client-options.js';

/** Answers a request of the server by what the application says. The log learns of an error by a notice of the session. */
export async function answerRequest(
  { session, driver }: ClientConnection,
  message: SendInfo,
  onRequest: ClientOptions['onRequest'],
): Promise<void> {
  const { sequence, cmd } = message;
  try {
    const reply = await onRequest?.(message);
    if (reply === undefined) throw new ProtocolError('UNSUPPORTED_COMMAND', `${commandName(cmd)} is not handled here`);
    session.reply(sequence, reply, driver.nowMs);
  } catch (error) {
    const told = isProtocolError(error) ? error : new ProtocolError('INTERNAL', 'the client failed', { cause: error });
    session.refuse(sequence, told, driver.nowMs);
  }
  driver.settle();
}
