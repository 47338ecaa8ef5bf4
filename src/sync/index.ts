// `@im/protocol/sync`: the conversations of a device. Everything that a chat draws, kept in a storage and equal to the platform's.
//
//   const sync = new ClientSync({ storage, onChange: (changes) => draw(changes) });
//   const client = await connect(url, { login, sync });
//
//   sync.status                                 offline, unsupported, syncing, synced, failed, closed
//   sync.conversations()                        the list, with unread counts, read positions and gaps
//   sync.messages(key, { beforeSeq, limit })    a page of a conversation, newest first
//   sync.loadHistory(key, { limit })            loads what is missing before it: for scrolling upwards
//   onChange(changes), for await (const change of sync)   each change once, after it was stored
//
// What a page draws: `messages` once, then the changes. Send, read, edit and delete with `client.request`: replies take part.
//
// A platform has to: give each stored message a seq (1, 2, 3 in its conversation); answer SYNC, HISTORY, READ, CONVERSATION and
// DELETE_FOR_ME; set seq, sent_at_ms and conversation in SEND_RESULT; name the feature `sync` in Welcome. See docs/sync.md.
//
//   conversation-sync.ts     ConversationSync: what to do next, with pushes, pages and time; pure
//   sync-pages.ts            SYNC, page after page; sync-chain.ts: what a page and the end of the chain change
//   histories.ts             HISTORY, for holes, streams and loads; watch-list.ts: what the device lacks, and when to ask for it
//   live-pushes.ts           pushes that wait for the storage
//   step-runner.ts           runs steps on the storage, one at a time, beside other writers
//   step/                    Step: what pushes and pages change, as reads and one atomic batch
//   conversation-record.ts   ConversationRecord, MessageRecord: the entries of the storage
//   storage.ts               SyncStorage: an ordered map with atomic batches; MemoryStorage, IndexedDbStorage, FileStorage (src/node)
//   client-sync.ts           ClientSync: ConversationSync with a storage and a client

export { ClientSync, type ClientSyncOptions, type LoadHistoryOptions } from './client-sync.js';
export { ConversationSync, type ConversationSyncOptions } from './conversation-sync.js';
export type { StorageResult, StorageTask } from './draft.js';
export { IndexedDbStorage } from './indexed-db-storage.js';
export { MemoryStorage } from './memory-storage.js';
export type { SyncBatch, SyncEntry, SyncKeyRange, SyncList, SyncStorage } from './storage.js';
export type { MessagesQuery } from './stored-conversations.js';
export type { LoadResult, SyncEvent, SyncRequestEvent } from './sync-event.js';
export type {
  SyncChange,
  SyncChangeCause,
  SyncConversation,
  SyncGap,
  SyncMessage,
  SyncReaction,
  SyncState,
  SyncStatus,
} from './types.js';
