// Conversations as an application has them: IndexedDbStorage and ClientSync of the package.
import { ClientSync, IndexedDbStorage } from '@im/protocol/sync';
import { connect } from '@im/protocol/web';
import type { SyncApi } from '../realm-apis.js';
import { expose } from './realm/expose.js';

let storage: IndexedDbStorage;
let sync: ClientSync;
let foreign = 0;
const reported = { wrong: 0, reloads: 0, messages: 0 };

expose<SyncApi>({
  async open(name) {
    await storage?.close();
    storage = new IndexedDbStorage(name);
    foreign = 0;
    storage.onForeignWrite = () => {
      foreign += 1;
    };
  },
  revision: () => storage.revision(),
  get: async (keys) => (await storage.get(keys)).map((value) => value && [...value]),
  list: async (query) => (await storage.list(query)).map(([key, value]) => [key, [...value]]),
  write: (batch) => storage.write({ ...batch, puts: batch.puts.map(([key, value]) => [key, Uint8Array.from(value)]) }),
  foreignWrites: () => foreign,
  async connect(url, accessToken) {
    const last = new Map<string, bigint>();
    sync = new ClientSync({
      storage,
      // SYNC leaves nothing out, however much was said before it began.
      perConversation: 1000,
      onChange(changes) {
        for (const change of changes) {
          if (change.type === 'reload') reported.reloads += 1;
          if (change.type !== 'message') continue;
          const { key = '', seq } = change.message;
          reported.messages += 1;
          if (seq <= (last.get(key) ?? 0n)) reported.wrong += 1;
          last.set(key, seq);
        }
      },
    });
    await connect(url, { login: { accessToken }, sync, reconnect: { baseMs: 50, maxMs: 200 } });
  },
  status: () => sync.status.state,
  async drawn() {
    const all = [];
    for (const { key, unreadCount } of await sync.conversations()) {
      const { messages } = await sync.messages(key, { limit: 1000 });
      all.push({ key, unread: unreadCount, seqs: messages.map(({ seq }) => Number(seq)).reverse() });
    }
    return all.sort((a, b) => (a.key < b.key ? -1 : 1));
  },
  reported: () => reported,
});
