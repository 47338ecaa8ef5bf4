// A client that only the browser's reports about the network bring back in time.
import { Command } from '@im/protocol';
import { type Client, createClient, LocalOutboxStorage, Outbox } from '@im/protocol/web';
import { Collected } from '../collected.js';
import type { NetworkApi } from '../realm-apis.js';
import { expose } from './realm/expose.js';

const answered = new Collected<string>();
const received = new Collected<string>();
const states = new Collected<string>();
let client: Client;
let outbox: Outbox;

expose<NetworkApi>({
  open(url, accessToken, storage) {
    outbox = new Outbox({
      ...(storage !== undefined && { storage: new LocalOutboxStorage(storage) }),
      onAnswered: ({ id }) => answered.add(id),
    });
    client = createClient(url, {
      login: { accessToken, deviceId: 'test' },
      outbox,
      retryFirst: true,
      // Ten minutes: no test waits for it.
      reconnect: { baseMs: 600_000, maxMs: 600_000 },
      random: () => 0.999,
      requestTimeoutMs: 600_000,
    });
    client.subscribe(() => {
      if (client.state !== states.items.at(-1)) states.add(client.state);
    });
    client.on(Command.PRIVATE_MESSAGE, ({ content }) => {
      received.add(content?.body?.$case === 'text' ? content.body.value.text : '');
    });
  },
  async states(inOrder) {
    for (let count = 1; ; count++) {
      const all = await states.until(count);
      let at = 0;
      for (const state of all) if (state === inOrder[at]) at += 1;
      if (at === inOrder.length) return all;
    }
  },
  state: () => client.state,
  say: (receiverId, text) =>
    outbox.add(Command.PRIVATE_MESSAGE, { receiverId, content: { body: { $case: 'text', value: { text } } } }).id,
  waiting: () => outbox.size,
  answered: (count) => answered.until(count),
  received: (count) => received.until(count),
  comeBack: () => void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
});
