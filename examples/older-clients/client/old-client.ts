// A client of the older system, as its users have it: it only knows that system's JSON over WebSocket and HTTP, and nothing of `@im/protocol`.
// It receives on the socket, and does everything else by calls.
import { WebSocket } from 'ws';
import { Chats, type Message, Status } from './chats.js';
import { Http } from './http.js';

export { type Chat, type Message, Status, Type } from './chats.js';
export { CallError } from './http.js';

/** Commands on the socket. */
const Cmd = { LOGIN: 0, HEARTBEAT: 1, FORCE_LOGOUT: 2, PRIVATE: 3, GROUP: 4, SYSTEM: 5 } as const;
/** What the client closes the socket with after a forced logout. */
const LOGGED_OUT = 3000;
/** After each answer. */
const HEARTBEAT_DELAY_MS = 5_000;
/** Types from here on are steps of calls. */
const FIRST_SIGNAL = 100;

export interface OldClientOptions {
  readonly port: number;
  readonly userId: number;
  readonly userName: string;
  readonly password: string;
  /** 0 = browser, 1 = phone, 2 = desktop. */
  readonly terminal: number;
}

/** What a user may add to a group message. */
export interface GroupOptions {
  readonly receipt?: boolean;
  readonly atUserIds?: readonly number[];
}

export class OldClient {
  readonly chats: Chats;
  readonly http: Http;
  /** `data` of system messages. */
  readonly notices: unknown[] = [];
  /** Steps of calls. */
  readonly signals: Message[] = [];
  /** What the server says at a forced logout. */
  logoutText: string | undefined;
  readonly #options: OldClientOptions;
  readonly #deviceId = Math.floor(Math.random() * 1e9);
  #socket: WebSocket | undefined;
  #heartbeat: ReturnType<typeof setTimeout> | undefined;
  /** Pushes that come while messages are pulled; undefined: they are handled at once. */
  #waiting: { readonly cmd: number; readonly data: Message }[] | undefined;
  #tmpIds = 0;

  private constructor(options: OldClientOptions) {
    this.#options = options;
    this.chats = new Chats(options.userId);
    this.http = new Http(`http://127.0.0.1:${options.port}`);
  }

  /** Logs in, connects, and pulls what the user has missed. */
  static async start(options: OldClientOptions): Promise<OldClient> {
    const client = new OldClient(options);
    await client.http.login(options.terminal, options.userName, options.password);
    await client.connect();
    return client;
  }

  get isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connects, also again after `disconnect`. */
  async connect(): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#options.port}/im`);
    this.#socket = socket;
    this.#waiting = [];
    await new Promise<void>((resolve, reject) => {
      socket.on('open', () => this.#send(Cmd.LOGIN, { accessToken: this.http.accessToken, devId: this.#deviceId }));
      socket.on('message', (data) => this.#take(JSON.parse(String(data)), resolve));
      socket.on('close', (code) => {
        clearTimeout(this.#heartbeat);
        reject(new Error(`closed with ${code} before LOGIN was answered`));
      });
      socket.on('error', reject);
    });
    await this.#pull();
  }

  /** Closes the socket, as when the network is lost. */
  async disconnect(code?: number): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close(code);
    await closed;
  }

  async say(friendId: number, content: string, type = 0): Promise<Message> {
    const message: Message = { tmpId: this.#tmpId(), sendId: this.#options.userId, recvId: friendId, content, type };
    this.chats.private({ ...message, status: Status.SENDING });
    const { tmpId } = message;
    const sent = (await this.http.post('/message/private/send', { tmpId, recvId: friendId, content, type })) as Message;
    this.chats.private(sent);
    return sent;
  }

  async sayToGroup(groupId: number, content: string, options: GroupOptions = {}, type = 0): Promise<Message> {
    const message: Message = { tmpId: this.#tmpId(), sendId: this.#options.userId, groupId, content, type };
    this.chats.group({ ...message, status: Status.SENDING });
    const { tmpId } = message;
    const sent = (await this.http.post('/message/group/send', { tmpId, groupId, content, type, ...options })) as Message;
    this.chats.group(sent);
    return sent;
  }

  async recall(kind: 'private' | 'group', id: number): Promise<Message> {
    const recalled = (await this.http.delete(`/message/${kind}/recall/${id}`)) as Message;
    this.chats[kind](recalled);
    return recalled;
  }

  /** The user opens the chat. */
  async readFriend(friendId: number): Promise<void> {
    await this.http.put('/message/private/readed', { friendId });
    this.chats.withFriend(friendId).unread = 0;
    // What the friend has read meanwhile.
    const maxId = (await this.http.get('/message/private/maxReadedId', { friendId })) as number;
    for (const message of this.chats.withFriend(friendId).messages) {
      const isOwn = message.sendId === this.#options.userId && (message.id ?? 0) <= maxId;
      if (isOwn && message.status !== Status.RECALLED) message.status = Status.READ;
    }
  }

  async readGroup(groupId: number): Promise<void> {
    const chat = this.chats.ofGroup(groupId);
    const messageId = Math.max(0, ...chat.messages.map(({ id }) => id ?? 0));
    await this.http.put('/message/group/readed', { groupId, messageId });
    Object.assign(chat, { unread: 0, isMentioned: false });
  }

  /** A step of a call: `signal` is what the browser gave. */
  async call(step: string, friendId: number, signal: object = {}, query: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.http.post(`/webrtc/private/${step}?${new URLSearchParams({ uid: String(friendId), ...query })}`, signal);
  }

  #tmpId(): string {
    this.#tmpIds += 1;
    return `${Date.now()}${this.#tmpIds}`;
  }

  #send(cmd: number, data: unknown): void {
    this.#socket?.send(JSON.stringify({ cmd, data }));
  }

  #take({ cmd, data }: { cmd: number; data: unknown }, loggedIn: () => void): void {
    switch (cmd) {
      case Cmd.LOGIN:
        this.#beat();
        loggedIn();
        break;
      case Cmd.HEARTBEAT:
        this.#beat();
        break;
      case Cmd.FORCE_LOGOUT:
        this.logoutText = String(data);
        this.#socket?.close(LOGGED_OUT);
        break;
      case Cmd.PRIVATE:
      case Cmd.GROUP:
        if (this.#waiting !== undefined) this.#waiting.push({ cmd, data: data as Message });
        else this.#show(cmd, data as Message);
        break;
      case Cmd.SYSTEM:
        this.notices.push(data);
        break;
      default:
        throw new Error(`unknown command ${cmd}`);
    }
  }

  #beat(): void {
    clearTimeout(this.#heartbeat);
    this.#heartbeat = setTimeout(() => this.#send(Cmd.HEARTBEAT, {}), HEARTBEAT_DELAY_MS);
  }

  #show(cmd: number, message: Message): void {
    if (message.type >= FIRST_SIGNAL) this.signals.push(message);
    else if (cmd === Cmd.PRIVATE) this.chats.private(message);
    else this.chats.group(message);
  }

  async #pull(): Promise<void> {
    const { privateMaxId, groupMaxId } = this.chats;
    const pulled = (await this.http.get('/message/private/loadOfflineMessage', { minId: privateMaxId })) as Message[];
    for (const message of pulled) this.chats.private(message);
    const ofGroups = (await this.http.get('/message/group/loadOfflineMessage', { minId: groupMaxId })) as Message[];
    for (const message of ofGroups) this.chats.group(message);
    for (const { cmd, data } of this.#waiting ?? []) this.#show(cmd, data);
    this.#waiting = undefined;
  }
}
