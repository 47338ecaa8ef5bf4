// Tests a client in another language with our server: handshake, LOGIN, heartbeat, a message each way, a receipt.

import type { Result } from '../../report.js';
import type { InstalledPackage } from '../install/install-package.js';
import type { Language, Program } from '../languages/language.js';
import { Expectations } from './expectations.js';
import { hasCommand, printed } from './printed.js';
import { startProgram } from './start-program.js';

const MESSAGE_ID = 9007199254740993n;

export async function checkClient({ name }: Language, client: Program, { index, node }: InstalledPackage): Promise<Result> {
  const { Command, ProtocolError, SendCode, Terminal } = index;
  const expect = new Expectations();
  const agents: string[] = [];
  const decoder = new index.FrameDecoder();
  const taken: string[] = [];
  let receipt: Promise<number | undefined> | undefined;
  const server = await node.listen({
    host: '127.0.0.1',
    heartbeatIntervalMs: 1000,
    trace(_, direction, bytes) {
      if (direction !== 'received') return;
      for (const frame of decoder.push(bytes)) if (frame.type === 'Hello') agents.push(frame.message.agent);
    },
    login({ accessToken }) {
      if (accessToken !== 'token-of-7') throw new ProtocolError('UNAUTHENTICATED', 'the token is not valid');
      return { userId: 7n, terminal: Terminal.APP, sessionId: 's-7' };
    },
    message({ cmd, data }, connection) {
      if (data?.$case !== 'privateMessage') return undefined;
      const { receiverId, content } = data.value;
      taken.push(`${receiverId}: ${content?.body?.$case === 'text' ? content.body.value.text : '?'}`);
      // A reply from the receiver, pushed with a sequence: the client must send a receipt.
      const sender = { userId: receiverId, terminal: Terminal.WEB };
      const body = { $case: 'text', value: { text: '收到' } } as const;
      const value = { sender, receiverId: 7n, content: { messageId: MESSAGE_ID, body } };
      receipt = connection
        .request({ cmd, data: { $case: 'privateMessage', value } })
        .then((reply) => (reply.data?.$case === 'sendResult' ? reply.data.value.code : undefined));
      return {
        cmd: Command.SEND_RESULT,
        data: { $case: 'sendResult', value: { code: SendCode.SUCCESS, cmd, messageId: MESSAGE_ID } },
      };
    },
  });
  try {
    const program = startProgram(client, ['127.0.0.1', String(server.port), 'token-of-7', '8', '你好']);
    const line = async (cmd: string) => printed(await program.line(hasCommand(cmd))).message;
    expect.equal('Welcome', printed(await program.line((text) => text.startsWith('Welcome '))).message.version, 1);
    expect.equal('LOGIN', (await line('COMMAND_LOGIN')).session, { userId: '7', terminal: 'TERMINAL_APP', sessionId: 's-7' });
    const result = { code: 'SEND_CODE_SUCCESS', cmd: 'COMMAND_PRIVATE_MESSAGE', messageId: String(MESSAGE_ID) };
    expect.equal('SEND_RESULT', (await line('COMMAND_SEND_RESULT')).sendResult, result);
    const pushed = await line('COMMAND_PRIVATE_MESSAGE');
    expect.equal('push', pushed.privateMessage.content, { messageId: String(MESSAGE_ID), text: { text: '收到' } });
    expect.equal('heartbeat', typeof (await line('COMMAND_HEARTBEAT')).heartbeat.sentAtMs, 'string');
    expect.equal('receipt', await receipt, SendCode.SUCCESS);
    expect.equal('what the server took', taken, ['8: 你好']);
    expect.equal('Hello', agents, ['java-netty']);
    expect.equal('exit code', await program.end(), 0);
  } finally {
    await server.close();
  }
  return expect.result(name, 'its client, on our server over TCP');
}
