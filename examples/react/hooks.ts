// The library in React: all hooks of this chat.
import { Command, type ConversationRefInit, type PrivateMessageInit } from '@im/protocol';
import { conversationKey, privateRef } from '@im/protocol/conversation';
import { ClientSync } from '@im/protocol/sync';
import { type Client, createClient, LocalOutboxStorage, Outbox, type OutboxMessage } from '@im/protocol/web';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { User } from '../chat/web/users.js';

export interface Line {
  readonly key: string;
  readonly text: string;
  readonly isOwn: boolean;
  readonly state: 'received' | 'sending' | 'sent' | 'read' | 'failed';
}

interface Chat {
  readonly client: Client;
  readonly outbox: Outbox;
  readonly conversation: ConversationRefInit;
}

const PAGE = 50;
const EMPTY = { lines: [] as readonly Line[], lastSeq: 0n, readSeq: 0n };
const NOTHING: readonly OutboxMessage[] = [];
const never = (): (() => void) => () => {};

/** The conversation with another user, as long as the component is mounted. */
export function useChat(me: User, other: User) {
  const [chat, setChat] = useState<Chat>();
  const [stored, setStored] = useState(EMPTY);
  const [failed, setFailed] = useState<readonly Line[]>([]);
  useEffect(() => {
    const conversation = privateRef(me.userId, other.userId);
    const key = conversationKey(conversation);
    const sync: ClientSync = new ClientSync({ onChange: async () => setStored(await load(sync, key, me)) });
    const outbox = new Outbox({
      storage: new LocalOutboxStorage(`outbox-${me.userId}`),
      onRefused: (message) => setFailed((lines) => [...lines, lineOf(message, 'failed')]),
    });
    const deviceId = `tab-${crypto.randomUUID()}`;
    const login = async () => ({ accessToken: await fetchToken(me), deviceId });
    const client = createClient(`ws://${location.host}/`, { login, sync, outbox, retryFirst: true, onError: console.debug });
    setChat({ client, outbox, conversation });
    return () => void client.close();
  }, [me, other]);

  const connection = useSyncExternalStore(chat?.client.subscribe ?? never, () => chat?.client.getSnapshot());
  const waiting = useSyncExternalStore(chat?.outbox.subscribe ?? never, () => chat?.outbox.getSnapshot() ?? NOTHING);

  const { lines, lastSeq, readSeq } = stored;
  const isUnread = connection?.state === 'authenticated' && lastSeq > readSeq;
  useEffect(() => {
    // If it fails, the next message or connection tries again.
    if (isUnread) chat?.client.request(Command.READ, { conversation: chat.conversation, upToSeq: lastSeq }).catch(() => {});
  }, [chat, isUnread, lastSeq]);

  const say = (text: string): void => {
    chat?.outbox.add(Command.PRIVATE_MESSAGE, {
      receiverId: other.userId,
      content: { body: { $case: 'text', value: { text } } },
    });
  };
  return {
    connection,
    lines: [...lines, ...failed, ...waiting.map((message) => lineOf(message, 'sending'))],
    say,
    retry: () => chat?.client.reconnectNow(),
  };
}

/** The newest messages of a conversation, as they are stored. */
async function load(sync: ClientSync, key: string, { userId }: User): Promise<typeof EMPTY> {
  const { messages, isMissing } = await sync.messages(key, { limit: PAGE });
  if (isMissing && messages.length < PAGE) sync.loadHistory(key).catch(() => {});
  const { peerReadSeq = 0n, readSeq = 0n } = (await sync.conversation(key)) ?? {};
  const lines = messages.toReversed().flatMap(({ messageId, senderId, seq, content: { body } }): Line[] => {
    if (body?.$case !== 'text') return [];
    const isOwn = senderId === userId;
    const state = !isOwn ? 'received' : seq <= peerReadSeq ? 'read' : 'sent';
    return [{ key: String(messageId), text: body.value.text, isOwn, state }];
  });
  return { lines, readSeq, lastSeq: messages.find(({ senderId }) => senderId !== userId)?.seq ?? 0n };
}

function lineOf({ id, data }: OutboxMessage, state: Line['state']): Line {
  const { body } = (data as PrivateMessageInit).content ?? {};
  return { key: id, text: (body?.$case === 'text' && body.value.text) || '', isOwn: true, state };
}

async function fetchToken({ name }: User): Promise<string> {
  const response = await fetch(`/token?user=${name}`);
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return response.text();
}
