// This user's client: the library as the ChatModel of the view.
import { Command, type ContentInit, type SendInfo } from '@im/protocol';
import { parseConversationKey } from '@im/protocol/conversation';
import { ClientSync, IndexedDbStorage, type SyncChange, type SyncMessage } from '@im/protocol/sync';
import type { Client } from '@im/protocol/web';
import { PEOPLE, type User } from '../../users.js';
import type { FrameLog } from '../frames/frame-log.js';
import type { ChatModel, ChatState, Connection, Draft, Timeline } from '../model/chat-model.js';
import type { MessageView } from '../model/message-view.js';
import { Calls } from './calls.js';
import { connectUser } from './connect-user.js';
import { Conversations } from './conversations.js';
import { forwardContent } from './forward-content.js';
import { Listeners } from './listeners.js';
import { Live } from './live.js';
import { MessageSender } from './message-sender.js';
import { cut, Outbox, type Outgoing } from './outbox.js';
import { reasonOf } from './reason-of.js';
import { ROOM_KEY, Room } from './rooms.js';
import { roomView, timelineView } from './timeline-view.js';
import { Timelines } from './timelines.js';

export class ChatClient implements ChatModel {
  readonly #me: User;
  readonly #terminal: number;
  readonly #sync: ClientSync;
  readonly #outbox = new Outbox();
  readonly #sender: MessageSender;
  readonly #conversations: Conversations;
  readonly #timelines: Timelines;
  readonly #live: Live;
  readonly #calls: Calls;
  readonly #room: Room;
  readonly #views = new Map<string, Timeline>();
  readonly #listeners = new Listeners(() => {
    this.state = this.#stateNow();
  });
  #client: Client | undefined;
  #connection: Connection = { state: 'connecting' };
  #isLoaded = false;
  #failure: string | undefined;
  #logoutReason: string | undefined;
  state: ChatState;

  constructor(me: User, terminal: number) {
    this.#me = me;
    this.#terminal = terminal;
    this.#sync = new ClientSync({
      // The tabs of a user share it.
      storage: new IndexedDbStorage(`chat ${me.userId}`),
      onChange: (changes) => this.#apply(changes),
    });
    const client = (): Client | undefined => this.#client;
    const others = PEOPLE.map(({ userId }) => userId).filter((userId) => userId !== me.userId);
    this.#conversations = new Conversations(this.#sync, me);
    this.#timelines = new Timelines(this.#sync, (key) => this.#changed(key));
    const lastSeq = (key: string): bigint => this.#conversations.get(key)?.lastSeq ?? 0n;
    const sender = { userId: me.userId, terminal };
    this.#sender = new MessageSender(sender, client, this.#outbox, lastSeq, (key) => this.#changed(key));
    this.#live = new Live(client, others, () => this.#changed());
    this.#calls = new Calls(client, me.userId, () => this.#changed());
    this.#room = new Room(client, me, () => this.#changed(ROOM_KEY));
    this.state = this.#stateNow();
  }

  /** Shows what is stored, at once, then connects. */
  async start(frames: FrameLog): Promise<void> {
    try {
      await this.#conversations.load();
    } catch (error) {
      // Without storage, as in some private windows, everything comes from the server.
      console.warn(error);
    }
    this.#isLoaded = true;
    this.#changed();
    try {
      this.#client = await connectUser(this.#me, this.#terminal, this.#sync, frames, {
        onLogin: () => this.#connected(),
        onReconnect: ({ code }) => this.#connect({ state: 'reconnecting', reason: String(code) }),
      });
      this.#loggedIn();
      for await (const message of this.#client) this.#take(message);
      this.#connect({ state: 'ended', ...(this.#logoutReason && { reason: this.#logoutReason }) });
    } catch (error) {
      this.#connect({ state: 'ended', reason: this.#logoutReason ?? (error as Error).message });
    }
  }

  timeline(key: string): Timeline {
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const conversation = this.#conversations.get(key);
    const made =
      key === ROOM_KEY
        ? roomView(this.#room)
        : timelineView(key, this.#me, conversation, this.#timelines, this.#live, this.#outbox);
    this.#views.set(key, made);
    return made;
  }

  subscribe(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }

  open(key: string | undefined): void {
    if (key !== undefined && key !== ROOM_KEY) void this.#try(() => this.#timelines.open(key));
  }

  seen(key: string, { seq }: MessageView): void {
    if (this.#client?.state === 'authenticated' && this.#conversations.startRead(key, seq)) void this.#read(key, seq);
  }

  async loadOlder(key: string): Promise<void> {
    await this.#try(() => this.#timelines.loadOlder(key));
  }

  send(key: string, draft: Draft): void {
    const { body } = draft.replyTo ?? {};
    const preview = body?.kind === 'text' || body?.kind === 'stream' || body?.kind === 'other' ? body.text : '';
    const message = this.#outbox.add(key, draft, preview);
    this.#dispatch(message);
  }

  retry(_key: string, { key }: MessageView): void {
    this.#outbox.fail(key, undefined);
    const message = this.#outbox.all.find((one) => one.key === key);
    if (message !== undefined) this.#dispatch(message);
  }

  edit(key: string, { messageId }: MessageView, text: string): void {
    const content: ContentInit = { body: { $case: 'text', value: { text } } };
    this.#post(key, { fallback: `* ${cut(text)}`, body: { $case: 'edit', value: { messageId, content } } });
  }

  recall(key: string, { messageId }: MessageView): void {
    this.#post(key, { fallback: '', body: { $case: 'recall', value: { messageId } } });
  }

  react(key: string, { messageId }: MessageView, reaction: string, removed: boolean): void {
    this.#post(key, { fallback: '', body: { $case: 'reaction', value: { messageId, key: reaction, removed } } });
  }

  forward(fromKey: string, messages: readonly MessageView[], toKey: string): void {
    const stored = messages.flatMap(({ messageId }) => this.#timelines.find(fromKey, messageId) ?? []);
    const content = forwardContent(fromKey, stored);
    if (content !== undefined) this.#post(toKey, content);
  }

  stopStream(key: string, { messageId }: MessageView): void {
    void this.#try(() => this.#live.stop(key, messageId));
  }

  typing(key: string): void {
    if (key !== ROOM_KEY) this.#live.write(key);
  }

  call(key: string, video: boolean): void {
    this.#calls.start(key, video);
  }

  acceptCall(): void {
    void this.#calls.accept();
  }

  endCall(): void {
    this.#calls.end();
  }

  setRoom(_key: string, joined: boolean): void {
    void this.#try(() => this.#room.set(joined));
  }

  clearFailure(): void {
    this.#failure = undefined;
    this.#changed();
  }

  #connected(): void {
    this.#connect({ state: 'connected' });
    // `connect` has not returned the client yet at its first login.
    if (this.#client !== undefined) this.#loggedIn();
  }

  #loggedIn(): void {
    this.#live.loggedIn();
    void this.#try(() => this.#room.loggedIn());
    // Those of before a reload.
    for (const message of this.#outbox.all)
      if (message.failure === undefined && message.seq === undefined) this.#dispatch(message);
  }

  #take(message: SendInfo): void {
    const { data } = message;
    this.#live.take(message);
    this.#calls.take(message);
    this.#room.take(message);
    if (data?.$case === 'forceLogout') this.#logoutReason = data.value.reason;
  }

  /** Changes of stored conversations. */
  #apply(changes: readonly SyncChange[]): void {
    for (const change of changes) this.#applyChange(change);
    this.#changed();
  }

  #applyChange(change: SyncChange): void {
    switch (change.type) {
      case 'message':
      case 'changed':
        this.#applyMessage(change.message);
        break;
      case 'deleted':
        this.#timelines.delete(change.key, change.messageIds, change.upToSeq);
        this.#views.delete(change.key);
        break;
      case 'conversation':
        this.#conversations.set(change.conversation);
        this.#outbox.stored(change.conversation.key, change.conversation.lastSeq);
        this.#views.delete(change.conversation.key);
        break;
      case 'reset':
      case 'reload':
        void this.#try(() => this.#reload());
        break;
      default:
    }
  }

  #applyMessage(message: SyncMessage): void {
    this.#live.take({ data: message.data as SendInfo['data'] });
    this.#timelines.set(message);
    this.#conversations.setMessage(message);
    this.#outbox.delete(message.data.value.content?.clientMessageId ?? '');
    if (message.key !== undefined) this.#views.delete(message.key);
  }

  async #reload(): Promise<void> {
    await Promise.all([this.#conversations.load(), this.#timelines.reload()]);
    for (const { key, lastSeq } of this.#conversations.all) this.#outbox.stored(key, lastSeq);
    this.#views.clear();
  }

  #dispatch(message: Outgoing): void {
    if (message.conversationKey === ROOM_KEY) {
      this.#outbox.delete(message.key);
      void this.#room.send(message);
    } else void this.#sender.send(message);
    this.#changed(message.conversationKey);
  }

  /** Sends content without an entry in the outbox, so a reload does not repeat it. */
  #post(key: string, content: ContentInit): void {
    void this.#try(() => this.#sender.request(key, content));
  }

  async #read(key: string, upToSeq: bigint): Promise<void> {
    try {
      await this.#client?.request(Command.READ, { conversation: parseConversationKey(key)!, upToSeq });
    } catch {
      // The next time that the message is on the screen.
      this.#conversations.endRead(key);
    }
  }

  async #try(action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#failure = reasonOf(error);
    }
    this.#changed();
  }

  #connect(connection: Connection): void {
    this.#connection = connection;
    this.#changed();
  }

  /** @param key The conversation whose timeline is different. */
  #changed(key?: string): void {
    if (key !== undefined) this.#views.delete(key);
    this.#listeners.changed();
  }

  #stateNow(): ChatState {
    const { call } = this.#calls;
    return {
      me: this.#me,
      connection: this.#connection,
      conversations: this.#conversations.views(this.#live, this.#room, this.#outbox),
      isLoaded: this.#isLoaded,
      ...(call && { call }),
      ...(this.#failure !== undefined && { failure: this.#failure }),
    };
  }
}
