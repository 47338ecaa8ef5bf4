// A streamed answer over real sockets: chunks get lost, the connection too, and in the end the text is the stored one.
import { expect, it, onTestFinished } from 'vitest';
import { Command, FEATURES, type MessageChunk, ProtocolError, type SendInfoInit } from '../../src/index.js';
import { StreamAssembler, type StreamUpdate, StreamWriter } from '../../src/live/index.js';
import { type Client, connect, listen } from '../../src/node/index.js';
import { SharedFrame } from '../../src/session/index.js';

const CHUNKS = 2000;
const LOSS = 0.05;
const conversation = { kind: { $case: 'groupId', value: 3n } } as const;
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Words of one to four bytes a character. */
const word = (i: number): string => `${['你好', 'mañana', '😀', 'word'][i % 4]}${i} `;

/** Park and Miller's generator: the same losses in each run. */
function losses(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff < LOSS;
  };
}

it.each(['tcp', 'ws'])(
  `an answer of ${CHUNKS} chunks with 5 %% lost and a reconnect ends as the stored text over %s; version 1 sees the finished message alone`,
  { timeout: 60_000 },
  async (protocol) => {
    const isUnlucky = losses(7);
    // Only a later chunk shows that one is missing.
    const isLost = ({ index }: MessageChunk): boolean => index < CHUNKS && isUnlucky();
    const writer = new StreamWriter({ conversation, messageId: 77n, intervalMs: 0 });
    const message = (): SendInfoInit => {
      const content = { messageId: 77n, body: { $case: 'stream', value: writer.content() } } as const;
      return { cmd: 5, data: { $case: 'groupMessage', value: { sender: { userId: 9n, terminal: 1 }, groupId: 3n, content } } };
    };
    let lost = 0;
    const logins: bigint[] = [];
    const server = await listen({
      host: '127.0.0.1',
      features: FEATURES,
      login: ({ accessToken }) => ({ userId: BigInt(accessToken), terminal: 1 }),
      onLogin: ({ user }) => void logins.push(user!.userId),
      message: ({ cmd, data }, connection) => {
        if (data?.$case !== 'streamControl') return undefined;
        for (const value of writer.answer(data.value)) {
          if (isLost(value)) lost += 1;
          else connection.push({ cmd: Command.CHUNK, data: { $case: 'chunk', value } });
        }
        return { cmd, data };
      },
    });
    onTestFinished(() => server.close());
    const url = `${protocol}://127.0.0.1:${server.port}`;
    const present = await connect(url, { login: { accessToken: '1' }, reconnect: { baseMs: 1 } });
    const old = await connect(url, { login: { accessToken: '2' }, versions: [1] });
    onTestFinished(async () => void (await Promise.all([present.close(), old.close()])));
    const updates = follow(present);
    const olds: unknown[] = [];
    void (async () => {
      for await (const { data } of old) if (data?.$case === 'groupMessage') olds.push(data.value.content?.body);
    })().catch(() => {});

    server.connections.broadcast(message());
    for (let i = 0; i < CHUNKS; i++) {
      writer.write(word(i));
      for (const value of writer.take(i)) {
        const frame = SharedFrame.of({ cmd: Command.CHUNK, data: { $case: 'chunk', value } });
        for (const connection of server.connections.all()) {
          if (isLost(value)) lost += 1;
          else frame.pushTo(connection);
        }
      }
      if (i === CHUNKS / 2) server.connections.get(1n, 1)?.close(new ProtocolError('OVERLOADED', 'another server'));
      // Some chunks are written while the client is away.
      if (i === CHUNKS / 2 + 50) await expect.poll(() => logins.filter((id) => id === 1n).length).toBe(2);
      if (i % 10 === 0) await turn();
      // Slower than a model, but no client has to keep more than 256 chunks that wait for a lost one.
      const isBehind = (): boolean => i - (updates.at(-1)?.index ?? 0) > 150;
      if (isBehind()) await expect.poll(isBehind, { timeout: 20_000, interval: 5 }).toBe(false);
    }
    // What was lost is requested, and arrives.
    await expect.poll(() => updates.at(-1)?.index, { timeout: 20_000 }).toBe(CHUNKS);
    writer.end();
    const last = writer.take(CHUNKS);
    expect(last).toHaveLength(1);
    server.connections.broadcast(message());
    await expect.poll(() => updates.at(-1)?.source).toBe('stored');
    await expect.poll(() => olds.length).toBe(1);

    const whole = Array.from({ length: CHUNKS }, (_, i) => word(i)).join('');
    expect(Buffer.from(updates.at(-1)!.text).equals(Buffer.from(whole))).toBe(true);
    expect(updates.every(({ text, source }) => source !== 'dropped' && whole.startsWith(text))).toBe(true);
    expect(updates.at(-2)).toMatchObject({ source: 'chunks', text: whole });
    expect(olds).toMatchObject([{ $case: 'text', value: { text: whole } }]);
    expect([lost > CHUNKS * LOSS * 0.5, updates.length > 100]).toEqual([true, true]);
  },
);

/** Follows the stream as an application does. Its clock runs faster, so that it asks for lost chunks more often. */
function follow(client: Client): StreamUpdate[] {
  const updates: StreamUpdate[] = [];
  const assembler = new StreamAssembler();
  const nowMs = (): number => performance.now() * 100;
  const ask = (): void => {
    for (const control of assembler.takeControls(nowMs()))
      client.request(Command.STREAM_CONTROL, control).catch(() => assembler.reconnected());
  };
  const timer = setInterval(ask, 10);
  onTestFinished(() => clearInterval(timer));
  let connection = client.agreement;
  void (async () => {
    for await (const message of client) {
      if (client.agreement !== connection) assembler.reconnected();
      connection = client.agreement;
      const update = assembler.take(message, nowMs());
      if (update !== undefined) updates.push(update);
      ask();
    }
  })().catch(() => {});
  return updates;
}
