// A server whose platform is the model.
import { onTestFinished } from 'vitest';
import { Command, ProtocolError, type SendInfo } from '../../../src/index.js';
import { listen, type Server } from '../../../src/node/index.js';
import type { PlatformModel } from './platform.js';

/** @param sent gets the bytes of each frame to a client. */
export async function serve(platform: PlatformModel, frameBytes: number, sent: number[] = []): Promise<Server> {
  const given = new Map<string, ReadonlyMap<string, number>>();
  const server = await listen({
    host: '127.0.0.1',
    features: ['sync'],
    // `1` or `1:4`: a user, and a terminal.
    login({ accessToken }) {
      const [userId, terminal = '1'] = accessToken.split(':');
      return { userId: BigInt(userId), terminal: Number(terminal) };
    },
    onLogin: ({ id }) => given.delete(id),
    message({ cmd, data }: SendInfo, { id, user }) {
      const userId = user!.userId;
      if (data?.$case === 'syncRequest') {
        const answer = platform.sync(userId, data.value, frameBytes, given.get(id));
        given.set(id, answer.given);
        return { cmd, data: { $case: 'syncPage', value: answer.page } };
      }
      if (data?.$case === 'historyRequest') {
        return { cmd, data: { $case: 'historyPage', value: platform.history(userId, data.value, frameBytes) } };
      }
      if (data?.$case === 'read') return { cmd, data: { $case: 'read', value: platform.read(userId, data.value) } };
      if (data?.$case === 'conversation') {
        return { cmd, data: { $case: 'conversation', value: platform.update(userId, data.value) } };
      }
      if (data?.$case === 'groupMessage') {
        const conversation = platform.conversations.find(({ key }) => key === `g_${data.value.groupId}`)!;
        const stored = platform.send(conversation, userId, data.value.content!, { from: id });
        const value = platform.sendResult(conversation, stored);
        return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
      }
      throw new ProtocolError('UNSUPPORTED_COMMAND', 'not here');
    },
    trace: (_id, direction, bytes) => {
      if (direction === 'sent') sent.push(bytes.length);
    },
  });
  onTestFinished(() => server.close());
  return server;
}
