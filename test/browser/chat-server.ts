// A server for the clients in the browser: who logs in with the token `alice` is alice.
import { Command, commandName, FrameDecoder, ProtocolError, type SendInfo, Terminal } from '../../src/index.js';
import { createDeflate, type ListenOptions, listen, type Server, type ServerConnection } from '../../src/node/index.js';
import { Collected } from './collected.js';

/** Who may log in. The last id is the next number behind those that a double holds. */
export const USERS: Readonly<Record<string, bigint>> = { alice: 1n, bob: 9007199254740993n };

export interface ChatSettings extends Partial<ListenOptions> {
  /** Is pushed, in private messages with these ids, to everybody who logs in. */
  readonly inbox?: readonly { readonly messageId: bigint; readonly text: string }[] | undefined;
  /** What is waited for before a message with this text is answered. */
  readonly answerAfter?: ((text: string) => Promise<void> | undefined) | undefined;
}

/** A message as it came to the server. */
export interface Arrival {
  readonly text: string;
  readonly clientMessageId: string;
}

export interface Chat {
  readonly server: Server;
  readonly url: string;
  readonly arrivals: Collected<Arrival>;
  /** What went over the wire, in order: `received Hello`, `sent LOGIN`; what came in one WebSocket message is joined by `+`. */
  readonly wire: string[];
}

export async function startChat({ inbox = [], answerAfter, ...options }: ChatSettings = {}): Promise<Chat> {
  const arrivals = new Collected<Arrival>();
  const wire: string[] = [];
  let lastId = 100n;
  const server = await listen({
    host: '127.0.0.1',
    deflate: createDeflate(),
    trace: (_connection, direction, bytes) => void wire.push(`${direction} ${namesOf(bytes)}`),
    login({ accessToken }) {
      const userId = USERS[accessToken];
      if (userId === undefined) throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid');
      return { userId, terminal: Terminal.WEB };
    },
    onLogin(connection) {
      for (const { messageId, text } of inbox) connection.push(privateMessage(1n, connection.user!.userId, messageId, text));
    },
    async message(message, connection) {
      const { text, clientMessageId, receiverId } = contentOf(message);
      arrivals.add({ text, clientMessageId });
      await answerAfter?.(text);
      lastId += 1n;
      const messageId = lastId;
      deliver(server, connection, receiverId, messageId, text);
      return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: { code: 1, cmd: message.cmd, messageId } } };
    },
    ...options,
  });
  return { server, url: `ws://127.0.0.1:${server.port}`, arrivals, wire };
}

function deliver({ connections }: Server, from: ServerConnection, receiverId: bigint, messageId: bigint, text: string): void {
  connections.get(receiverId, Terminal.WEB)?.push(privateMessage(from.user!.userId, receiverId, messageId, text));
}

/** A private message on its way to a client. */
export function privateMessage(from: bigint, receiverId: bigint, messageId: bigint, text: string) {
  const sender = { userId: from, terminal: Terminal.WEB };
  const content = { messageId, body: { $case: 'text', value: { text } } } as const;
  return { cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: { sender, receiverId, content } } } as const;
}

function contentOf({ data }: SendInfo): Arrival & { receiverId: bigint } {
  if (data?.$case !== 'privateMessage') throw new ProtocolError('UNSUPPORTED_COMMAND', 'only private messages are handled here');
  const { receiverId, content } = data.value;
  if (content?.body?.$case !== 'text') throw new ProtocolError('UNSUPPORTED_COMMAND', 'only texts are handled here');
  return { receiverId, text: content.body.value.text, clientMessageId: content.clientMessageId };
}

function namesOf(bytes: Uint8Array): string {
  const frames = new FrameDecoder({ deflate: createDeflate() }).push(bytes);
  return frames.map((frame) => (frame.type === 'SendInfo' ? commandName(frame.message.cmd) : frame.type)).join(' + ');
}
