import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import { settle } from '../callbacks.js';
import { commandName } from '../codec/command-name.js';
import { ProtocolError } from '../errors.js';
import { soundError } from '../negotiate/peer-error.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientOptions } from './client-options.js';

/**
 * Answers a request of the server by what the application says.
 * @param hooks `failed` gets what is wrong with the application: what it throws to refuse the request is not. `done` is called once.
 */
export function answerRequest(
  { session, driver }: ClientConnection,
  message: SendInfo,
  onRequest: ClientOptions['onRequest'],
  hooks: { failed(error: unknown): void; done(): void },
): void {
  const { sequence, cmd } = message;
  const refuse = (error: ProtocolError): void => session.refuse(sequence, error, driver.nowMs);
  const fail = (cause: unknown): void => {
    hooks.failed(cause);
    refuse(new ProtocolError('INTERNAL', 'the client failed', { cause }));
  };
  settle(
    () => onRequest?.(message),
    (reply) => {
      try {
        if (reply === undefined) refuse(new ProtocolError('UNSUPPORTED_COMMAND', `${commandName(cmd)} is not handled here`));
        else session.reply(sequence, reply, driver.nowMs);
      } catch (error) {
        fail(error);
      }
      hooks.done();
      driver.settle();
    },
    (thrown) => {
      const error = soundError(thrown);
      if (error === undefined || error.properties.local) fail(thrown);
      else refuse(error);
      hooks.done();
      driver.settle();
    },
  );
}
