// A client that writes whatever frames it is given, in the codec of either release.
import { createConnection } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { SendInfo, SendInfoInit } from '../../src/index.js';
import type { Release } from './releases.js';

export interface RawClient {
  /** Sends a message as a request, and returns the reply. */
  ask(message: SendInfoInit): Promise<SendInfo>;
}

/** Connects over TCP, agrees on a version, and logs in. */
export async function rawClient({ index }: Release, port: number, version: number, accessToken: string): Promise<RawClient> {
  const socket = createConnection(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const decoder = new index.FrameDecoder();
  const replies = new Map<number, SendInfo>();
  let isWelcome = false;
  socket.on('data', (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.type === 'SendInfo') replies.set(frame.message.replyTo, frame.message);
      else isWelcome ||= frame.type === 'Welcome';
    }
  });
  let sequence = 0;
  const ask = async (message: SendInfoInit): Promise<SendInfo> => {
    const own = ++sequence;
    socket.write(index.encodeFrame('SendInfo', { ...message, sequence: own }, { version }));
    await expect.poll(() => replies.has(own), { timeout: 20_000 }).toBe(true);
    return replies.get(own)!;
  };
  socket.write(index.encodeFrame('Hello', { versions: [version] }));
  await expect.poll(() => isWelcome, { timeout: 20_000 }).toBe(true);
  await ask({ cmd: 1, data: { $case: 'login', value: { accessToken } } });
  return { ask };
}
