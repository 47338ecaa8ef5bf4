// A client as an application has it: `connect` of the package, and what comes of it.
import { Command } from '@im/protocol';
import { createDeflate } from '@im/protocol/pako';
import { type Client, connect } from '@im/protocol/web';
import { told } from '../../runtimes/program/told.js';
import { Collected } from '../collected.js';
import type { ClientApi, Received, Told } from '../realm-apis.js';
import { expose } from './realm/expose.js';

const received = new Collected<Received>();
const logins = new Collected<bigint>();
const notices: string[] = [];
let client: Client;

expose<ClientApi>({
  async logIn(url, tokens) {
    const left = [...tokens];
    try {
      client = await connect(url, {
        // Each connection takes the next token; the last one stays.
        login: () => ({ accessToken: left.length > 1 ? left.shift()! : left[0], deviceId: 'test' }),
        deflate: createDeflate(),
        reconnect: { baseMs: 50, maxMs: 200 },
        resume: true,
        requestTimeoutMs: 30_000,
        onLogin: ({ userId }) => logins.add(userId),
        onNotice: ({ code }) => void notices.push(String(code)),
      });
    } catch (error) {
      return { error: told(error) };
    }
    void listen();
    return { userId: client.session!.userId, version: client.agreement!.version };
  },
  send,
  sendAll: (receiverId, texts) => Promise.all(texts.map((text) => send(receiverId, text))),
  received: (count) => received.until(count),
  logins: (count) => logins.until(count),
  state: () => client.state,
  notices: () => notices,
  async ended() {
    const error = await client.closed;
    return error && told(error);
  },
  async leave() {
    await client.close();
  },
});

async function send(receiverId: bigint, text: string): Promise<Told<{ messageId: bigint }>> {
  try {
    const content = { body: { $case: 'text', value: { text } } } as const;
    const { messageId } = await client.request(Command.PRIVATE_MESSAGE, { receiverId, content });
    return { messageId };
  } catch (error) {
    return { error: told(error) };
  }
}

async function listen(): Promise<void> {
  try {
    for await (const { data } of client) {
      if (data?.$case !== 'privateMessage') continue;
      const { sender, content } = data.value;
      const text = content?.body?.$case === 'text' ? content.body.value.text : '';
      received.add({ from: sender!.userId, messageId: content!.messageId, text });
    }
  } catch {
    // `ended` tells it.
  }
}
