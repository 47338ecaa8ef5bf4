// A user whose client knows version 1 of the protocol alone. It answers each text with what it has seen.
import { Command, type SendInfo, Terminal } from '@im/protocol';
import { type Client, connect } from '@im/protocol/node';
import type { Tokens } from '../platform/tokens.js';
import { OLD_CLIENT } from './users.js';

export async function startOldClient(tokens: Tokens, port: number): Promise<Client> {
  const { userId } = OLD_CLIENT;
  const client = await connect(`ws://127.0.0.1:${port}`, {
    versions: [1],
    agent: 'chat-demo/1.0',
    login: async () => ({ accessToken: await tokens.issue({ userId, terminal: Terminal.PC }), deviceId: 'old-client' }),
    resume: true,
    reconnect: { maxMs: 2_000 },
    // The server may be away.
    onError: () => {},
  });
  void answerAll(client);
  return client;
}

async function answerAll(client: Client): Promise<void> {
  try {
    for await (const message of client) await answer(client, message);
  } catch {
    // The demo ends.
  }
}

async function answer(client: Client, { data }: SendInfo): Promise<void> {
  if (data?.$case !== 'privateMessage' || data.value.sender!.userId === OLD_CLIENT.userId) return;
  const { sender, content } = data.value;
  const { body, fallback } = content!;
  const seen = body?.$case === 'text' ? body.value.text : fallback;
  if (seen === '' || body?.$case === 'read') return;
  const text = `Version 1 has seen: ${seen}`;
  await client.request(Command.PRIVATE_MESSAGE, {
    receiverId: sender!.userId,
    content: { body: { $case: 'text', value: { text } } },
  });
}
