// This user's client: `connect` of the library, between the server and the page.
import { Command, type ContentInit, type PrivateMessage, type ProtocolError, SendCode, Terminal } from '@im/protocol';
import { isShown } from '@im/protocol/conversation';
import { type Client, connect } from '@im/protocol/web';
import { nameOf, type User } from '../users.js';
import type { Conversation, OwnMessage } from './conversation.js';
import { type RecordedFrame, recordFrames } from './recorded-frame.js';

/** Information for the page other than messages. */
export interface View {
  readonly conversation: Conversation;
  frame(frame: RecordedFrame): void;
  status(state: 'connected' | 'reconnecting' | 'ended', text: string): void;
}

export class ChatClient {
  readonly #client: Client;
  readonly #me: User;
  readonly #other: User;
  readonly #view: View;
  /** The newest message that the other one does not know to be read. */
  #unread = 0n;

  private constructor(client: Client, me: User, other: User, view: View) {
    this.#client = client;
    this.#me = me;
    this.#other = other;
    this.#view = view;
    document.addEventListener('visibilitychange', () => this.#tellRead());
    void this.#listen();
  }

  /** @throws ProtocolError why the first connection could not be made. */
  static async start(me: User, other: User, view: View): Promise<ChatClient> {
    const deviceId = `tab-${crypto.randomUUID()}`;
    const client = await connect(`ws://${location.host}/`, {
      agent: 'chat-demo-web/1.0',
      login: async () => ({ accessToken: await fetchToken(me), deviceId }),
      resume: true,
      reconnect: { maxMs: 5_000 },
      trace: (direction, bytes) => recordFrames(direction, bytes).forEach(view.frame),
      onLogin: () => view.status('connected', 'connected'),
      onReconnect: (error) => view.status('reconnecting', `connection lost, trying again (${error.code})`),
      onError: (error, { callback }) => {
        // No token while the server is away: the status says so.
        if (callback !== 'login') console.error(callback, error);
      },
    });
    return new ChatClient(client, me, other, view);
  }

  /** Sends a text, and shows what becomes of it. */
  async send(text: string): Promise<void> {
    const message = this.#view.conversation.addOwn(text);
    // Sent again, it is the same message: so it has its id from the beginning.
    const content: ContentInit = {
      clientMessageId: crypto.randomUUID(),
      sentAtMs: BigInt(Date.now()),
      body: { $case: 'text', value: { text } },
    };
    await this.#send(message, content);
  }

  async #send(message: OwnMessage, content: ContentInit): Promise<void> {
    message.show('sending');
    try {
      const { code, messageId } = await this.#client.request(Command.PRIVATE_MESSAGE, {
        receiverId: this.#other.userId,
        content,
      });
      message.messageId = messageId;
      if (code === SendCode.SUCCESS) message.show('sent');
      else message.show('failed', `code ${code}`);
    } catch (error) {
      message.show('failed', String((error as ProtocolError).code ?? error), () => void this.#send(message, content));
    }
  }

  async #listen(): Promise<void> {
    try {
      for await (const { data } of this.#client) {
        if (data?.$case === 'privateMessage') this.#take(data.value);
        if (data?.$case === 'forceLogout') this.#view.conversation.note(`${this.#me.name} is here no more: ${data.value.reason}`);
      }
      this.#view.status('ended', 'signed out');
    } catch (error) {
      this.#view.status('ended', (error as ProtocolError).message);
    }
  }

  #take({ sender, content }: PrivateMessage): void {
    const { body, sentAtMs, messageId, fallback } = content!;
    if (body?.$case === 'read') {
      this.#view.conversation.markRead(body.value.upToMessageId);
      return;
    }
    // Of a later version, and nothing to show in its place.
    if (!isShown(content!)) return;
    const text = body?.$case === 'text' ? body.value.text : fallback;
    this.#view.conversation.add(nameOf(sender!.userId), text, Number(sentAtMs));
    this.#unread = messageId;
    this.#tellRead();
  }

  /** Sends a read receipt once messages are in view. No reply is expected. */
  #tellRead(): void {
    if (this.#unread === 0n || document.visibilityState !== 'visible' || this.#client.state !== 'authenticated') return;
    const sender = { userId: this.#me.userId, terminal: Terminal.WEB };
    const content = { fallback: 'read', body: { $case: 'read', value: { upToMessageId: this.#unread } } } as const;
    const value = { sender, receiverId: this.#other.userId, skipResult: true, content };
    this.#client.send({ cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value } });
    this.#unread = 0n;
  }
}

async function fetchToken({ name }: User): Promise<string> {
  const response = await fetch(`/token?user=${name}`);
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return response.text();
}
