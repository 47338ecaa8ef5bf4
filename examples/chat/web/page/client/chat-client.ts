// This user's client: `connect` of the library, between the server and the view.
import { Command, type ContentInit, type PrivateMessage, type ProtocolError, SendCode, Terminal } from '@im/protocol';
import { conversationKey, isShown, privateRef } from '@im/protocol/conversation';
import { type Client, connect } from '@im/protocol/web';
import type { User } from '../../users.js';
import type { FrameLog } from '../frames/frame-log.js';
import { recordFrames } from '../frames/recorded-frame.js';
import type { ChatModel, ChatState, Connection, ConversationView, Draft, Timeline } from '../model/chat-model.js';
import type { MessageView } from '../model/message-view.js';

export class ChatClient implements ChatModel {
  state: ChatState;
  readonly #key: string;
  readonly #me: User;
  readonly #other: User;
  readonly #listeners = new Set<() => void>();
  #messages: readonly MessageView[] = [];
  #timeline: Timeline = { messages: [], hasOlder: false, isLoadingOlder: false };
  #client: Client | undefined;
  #isOpen = false;
  #logoutReason: string | undefined;
  /** Ids of the messages of the other one, the last one that is known to be read. */
  #readId = 0n;

  constructor(me: User, other: User) {
    this.#me = me;
    this.#other = other;
    this.#key = conversationKey(privateRef(me.userId, other.userId));
    this.state = { me, connection: { state: 'connecting' }, conversations: [this.#conversation()], isLoaded: true };
  }

  async start(frames: FrameLog): Promise<void> {
    const deviceId = `tab-${crypto.randomUUID()}`;
    try {
      this.#client = await connect(`ws://${location.host}/`, {
        agent: 'chat-demo-web/1.0',
        login: async () => ({ accessToken: await fetchToken(this.#me), deviceId }),
        resume: true,
        reconnect: { maxMs: 5_000 },
        trace: (direction, bytes) => {
          for (const frame of recordFrames(direction, bytes)) frames.add(frame);
        },
        onLogin: () => this.#connection({ state: 'connected' }),
        onReconnect: ({ code }) => this.#connection({ state: 'reconnecting', reason: String(code) }),
        onError: (error, { callback }) => {
          // No token while the server is away: the banner says so.
          if (callback !== 'login') console.error(callback, error);
        },
      });
      await this.#listen(this.#client);
    } catch (error) {
      this.#connection({ state: 'ended', reason: this.#logoutReason ?? (error as ProtocolError).message });
    }
  }

  timeline(): Timeline {
    return this.#timeline;
  }

  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  open(key: string | undefined): void {
    this.#isOpen = key !== undefined;
  }

  seen(_key: string, { messageId }: MessageView): void {
    const read = this.#messages.findLast((one) => !one.isOwn && one.messageId <= messageId);
    if (!this.#isOpen || read === undefined || read.messageId <= this.#readId) return;
    if (this.#client?.state !== 'authenticated') return;
    this.#readId = read.messageId;
    const sender = { userId: this.#me.userId, terminal: Terminal.WEB };
    const content = { fallback: 'read', body: { $case: 'read', value: { upToMessageId: read.messageId } } } as const;
    const value = { sender, receiverId: this.#other.userId, skipResult: true, content };
    this.#client.send({ cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value } });
    this.#changed();
  }

  send(_key: string, { text }: Draft): void {
    const message: MessageView = {
      key: crypto.randomUUID(),
      messageId: 0n,
      seq: 0n,
      sender: this.#me,
      isOwn: true,
      sentAtMs: Date.now(),
      body: { kind: 'text', text },
      isEdited: false,
      reactions: [],
      delivery: 'sending',
    };
    this.#set([...this.#messages, message]);
    void this.#send(message, text);
  }

  retry(_key: string, message: MessageView): void {
    this.#change(message.key, { delivery: 'sending' });
    if (message.body.kind === 'text') void this.#send(message, message.body.text);
  }

  async #send({ key, sentAtMs }: MessageView, text: string): Promise<void> {
    const body = { $case: 'text', value: { text } } as const;
    const content: ContentInit = { clientMessageId: key, sentAtMs: BigInt(sentAtMs), body };
    try {
      const request = { receiverId: this.#other.userId, content };
      const { code, messageId } = await this.#client!.request(Command.PRIVATE_MESSAGE, request);
      this.#change(
        key,
        code === SendCode.SUCCESS ? { messageId, delivery: 'sent' } : { delivery: 'failed', failure: `code ${code}` },
      );
    } catch (error) {
      this.#change(key, { delivery: 'failed', failure: String((error as ProtocolError).code) });
    }
  }

  async #listen(client: Client): Promise<void> {
    for await (const { data } of client) {
      if (data?.$case === 'privateMessage') this.#take(data.value);
      if (data?.$case === 'forceLogout') this.#logoutReason = data.value.reason;
    }
    this.#connection({ state: 'ended', ...(this.#logoutReason && { reason: this.#logoutReason }) });
  }

  #take({ content }: PrivateMessage): void {
    const { body, sentAtMs, messageId, fallback } = content!;
    if (body?.$case === 'read') {
      const { upToMessageId } = body.value;
      const isRead = (one: MessageView): boolean => one.isOwn && one.messageId !== 0n && one.messageId <= upToMessageId;
      this.#set(this.#messages.map((one) => (isRead(one) ? { ...one, delivery: 'read' } : one)));
      return;
    }
    // Of a later version, and nothing to show in its place.
    if (!isShown(content!)) return;
    const text = body?.$case === 'text' ? body.value.text : fallback;
    const message = { key: String(messageId), messageId, seq: 0n, sender: this.#other, isOwn: false, sentAtMs: Number(sentAtMs) };
    this.#set([...this.#messages, { ...message, body: { kind: 'text', text }, isEdited: false, reactions: [] }]);
  }

  #change(key: string, change: Partial<MessageView>): void {
    this.#set(this.#messages.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }

  #set(messages: readonly MessageView[]): void {
    this.#messages = messages;
    this.#timeline = { messages, hasOlder: false, isLoadingOlder: false };
    this.#changed();
  }

  #connection(connection: Connection): void {
    this.state = { ...this.state, connection };
    this.#changed();
  }

  #changed(): void {
    this.state = { ...this.state, conversations: [this.#conversation()] };
    for (const changed of this.#listeners) changed();
  }

  #conversation(): ConversationView {
    const lastMessage = this.#messages.at(-1);
    return {
      key: this.#key,
      kind: 'private',
      title: this.#other.name,
      peer: this.#other,
      members: [],
      unreadCount: this.#messages.filter(({ isOwn, messageId }) => !isOwn && messageId > this.#readId).length,
      unreadMentions: 0,
      readSeq: 0n,
      ...(lastMessage && { lastMessage }),
      activeAtMs: lastMessage?.sentAtMs ?? 0,
      isPinned: false,
      isMuted: false,
      typing: [],
    };
  }

  // What this server does not offer.
  async loadOlder(): Promise<void> {}
  edit(): void {}
  recall(): void {}
  react(): void {}
  forward(): void {}
  stopStream(): void {}
  typing(): void {}
  call(): void {}
  acceptCall(): void {}
  endCall(): void {}
  setRoom(): void {}
  clearFailure(): void {}
}

async function fetchToken({ name }: User): Promise<string> {
  const response = await fetch(`/token?user=${name}`);
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return response.text();
}
