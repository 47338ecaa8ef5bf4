// What an older client keeps and shows. Ids are numbers, and are compared as such.

export const Type = {
  TEXT: 0,
  IMAGE: 1,
  FILE: 2,
  AUDIO: 3,
  RECALL: 10,
  READ: 11,
  RECEIPT: 12,
  TIP_TEXT: 21,
  CALL_VOICE: 40,
  CALL_VIDEO: 41,
  RTC_CALL_VIDEO: 101,
  RTC_ACCEPT: 102,
  RTC_REJECT: 103,
  RTC_CANCEL: 104,
  RTC_FAILED: 105,
  RTC_HANGUP: 106,
  RTC_CANDIDATE: 107,
} as const;

export const Status = { SENDING: -1, PENDING: 0, DELIVERED: 1, RECALLED: 2, READ: 3 } as const;

/** `data` of a private or group message. Keys may be missing, or null. */
export interface Message {
  id?: number | null;
  tmpId?: string | null;
  sendId?: number | null;
  recvId?: number | null;
  groupId?: number | null;
  sendNickName?: string | null;
  content?: string | null;
  type: number;
  receipt?: boolean | null;
  receiptOk?: boolean | null;
  readedCount?: number;
  atUserIds?: number[] | null;
  status?: number | null;
  sendTime?: number | null;
}

export interface Chat {
  readonly messages: Message[];
  unread: number;
  /** A message that mentions the user, or everyone, is unread. */
  isMentioned: boolean;
}

/** In atUserIds. */
const EVERYONE = -1;

export class Chats {
  readonly #userId: number;
  readonly #chats = new Map<string, Chat>();
  /** The highest ids: from these on, messages are pulled. */
  privateMaxId = 0;
  groupMaxId = 0;

  constructor(userId: number) {
    this.#userId = userId;
  }

  withFriend(friendId: number): Chat {
    return this.#chat(`p${friendId}`);
  }

  ofGroup(groupId: number): Chat {
    return this.#chat(`g${groupId}`);
  }

  private(message: Message): void {
    const isOwn = message.sendId === this.#userId;
    const chat = this.withFriend((isOwn ? message.recvId : message.sendId) ?? 0);
    if (message.type === Type.READ) chat.unread = 0;
    else if (message.type === Type.RECEIPT) markRead(chat, this.#userId);
    else {
      this.privateMaxId = Math.max(this.privateMaxId, message.id ?? 0);
      if (message.type === Type.RECALL) recall(chat, message);
      else this.#insert(chat, message, isOwn);
    }
  }

  group(message: Message): void {
    const chat = this.ofGroup(message.groupId ?? 0);
    if (message.type === Type.READ) {
      chat.unread = 0;
      chat.isMentioned = false;
    } else if (message.type === Type.RECEIPT) {
      const found = chat.messages.find(({ id }) => id === message.id);
      if (found !== undefined) Object.assign(found, { readedCount: message.readedCount, receiptOk: message.receiptOk ?? false });
    } else {
      this.groupMaxId = Math.max(this.groupMaxId, message.id ?? 0);
      if (message.type === Type.RECALL) recall(chat, message);
      else this.#insert(chat, message, message.sendId === this.#userId);
    }
  }

  /** A message that is there already, by its id or that of the device, is overwritten. */
  #insert(chat: Chat, message: Message, isOwn: boolean): void {
    const { id, tmpId } = message;
    const found = chat.messages.find((known) => (id && known.id === id) || (isOwn && tmpId && known.tmpId === tmpId));
    if (found !== undefined) {
      Object.assign(found, message);
      return;
    }
    chat.messages.push(message);
    if (isOwn || message.status === Status.READ || message.type === Type.TIP_TEXT) return;
    chat.unread += 1;
    const mentioned = message.atUserIds ?? [];
    if (mentioned.includes(this.#userId) || mentioned.includes(EVERYONE)) chat.isMentioned = true;
  }

  #chat(key: string): Chat {
    const chat = this.#chats.get(key) ?? { messages: [], unread: 0, isMentioned: false };
    this.#chats.set(key, chat);
    return chat;
  }
}

/** The other user has read everything. */
function markRead(chat: Chat, userId: number): void {
  for (const message of chat.messages)
    if (message.sendId === userId && message.status !== Status.RECALLED) message.status = Status.READ;
}

/** `content` of a recall is the id of the message, as a text. */
function recall(chat: Chat, { content }: Message): void {
  const found = chat.messages.find(({ id }) => String(id) === content);
  if (found !== undefined) Object.assign(found, { status: Status.RECALLED, type: Type.TIP_TEXT, content: '撤回了一条消息' });
}
