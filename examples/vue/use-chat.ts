// The library in Vue: what a component of this chat needs.
import { Command, type PrivateMessageInit } from '@im/protocol';
import { conversationKey, privateRef } from '@im/protocol/conversation';
import { ClientSync } from '@im/protocol/sync';
import { createClient, LocalOutboxStorage, Outbox, type OutboxMessage } from '@im/protocol/web';
import { computed, onScopeDispose, shallowRef, watchEffect } from 'vue';
import type { User } from '../chat/web/users.js';

export interface Line {
  readonly key: string;
  readonly text: string;
  readonly isOwn: boolean;
  readonly state: 'received' | 'sending' | 'sent' | 'read' | 'failed';
}

const PAGE = 50;
const EMPTY = { lines: [] as readonly Line[], lastSeq: 0n, readSeq: 0n };

/** The conversation with another user, until the component is unmounted. */
export function useChat(me: User, other: User) {
  const conversation = privateRef(me.userId, other.userId);
  const key = conversationKey(conversation);
  const stored = shallowRef(EMPTY);
  const failed = shallowRef<readonly Line[]>([]);
  const sync: ClientSync = new ClientSync({
    onChange: async () => {
      stored.value = await load(sync, key, me);
    },
  });
  const outbox = new Outbox({
    storage: new LocalOutboxStorage(`outbox-${me.userId}`),
    onRefused: (message) => {
      failed.value = [...failed.value, lineOf(message, 'failed')];
    },
  });
  const deviceId = `tab-${crypto.randomUUID()}`;
  const login = async () => ({ accessToken: await fetchToken(me), deviceId });
  const client = createClient(`ws://${location.host}/`, { login, sync, outbox, retryFirst: true, onError: console.debug });
  onScopeDispose(() => void client.close());

  const connection = snapshotOf(client);
  const waiting = snapshotOf(outbox);
  const unreadSeq = computed(() => {
    const { lastSeq, readSeq } = stored.value;
    return connection.value.state === 'authenticated' && lastSeq > readSeq ? lastSeq : 0n;
  });
  watchEffect(() => {
    // If it fails, the next message or connection tries again.
    if (unreadSeq.value > 0n) client.request(Command.READ, { conversation, upToSeq: unreadSeq.value }).catch(() => {});
  });

  const lines = computed(() => {
    return [...stored.value.lines, ...failed.value, ...waiting.value.map((message) => lineOf(message, 'sending'))];
  });
  const say = (text: string): void => {
    const content = { body: { $case: 'text', value: { text } } } as const;
    outbox.add(Command.PRIVATE_MESSAGE, { receiverId: other.userId, content });
  };
  return { connection, lines, say, retry: () => client.reconnectNow() };
}

/** A ref that follows a client or an outbox. */
function snapshotOf<T>(store: { subscribe(listener: () => void): () => void; getSnapshot(): T }) {
  const snapshot = shallowRef(store.getSnapshot());
  const stop = store.subscribe(() => {
    snapshot.value = store.getSnapshot();
  });
  onScopeDispose(stop);
  return snapshot;
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
