// The other side of the chats on other platforms.
import { push, taken, textOf } from '../../connection/messages.js';
import { host } from '../../node/host.js';

/** A server that answers each message, and the texts that it got. */
export async function chatServer() {
  const got: string[] = [];
  const served = await host({
    message(message, connection) {
      got.push(textOf(message));
      connection.push(push(BigInt(got.length), `re ${textOf(message)}`));
      return taken(message, BigInt(got.length));
    },
  });
  return { ...served, got };
}
