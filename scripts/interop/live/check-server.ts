// Tests a server in another language with our client: handshake, LOGIN, heartbeat, a message and its result, a push and its receipt.
import { isProtocolError } from '../../../src/errors.js';
import type { Result } from '../../report.js';
import type { InstalledPackage } from '../install/install-package.js';
import type { Language, Program } from '../languages/language.js';
import { Expectations } from './expectations.js';
import { hasCommand, printed } from './printed.js';
import { startProgram } from './start-program.js';

export async function checkServer({ name }: Language, server: Program, { index, node }: InstalledPackage): Promise<Result> {
  const { Command, SendCode } = index;
  const expect = new Expectations();
  const program = startProgram(server, []);
  try {
    const url = `tcp://127.0.0.1:${await program.line(() => true)}`;
    const client = await node.connect(url, { login: { accessToken: '7' } });
    expect.equal('session', client.session?.userId, 7n);
    const content = { clientMessageId: 'c-1', body: { $case: 'text', value: { text: '你好' } } } as const;
    const { code, messageId } = await client.request(Command.PRIVATE_MESSAGE, { receiverId: 8n, content });
    expect.equal('SEND_RESULT', [code, messageId], [SendCode.SUCCESS, 1n]);
    for await (const { data } of client) {
      const echo = data?.$case === 'privateMessage' ? data.value.content : undefined;
      const text = echo?.body?.$case === 'text' ? echo.body.value.text : undefined;
      expect.equal('push', [echo?.messageId, echo?.clientMessageId, text], [1n, 'c-1', content.body.value.text]);
      break;
    }
    const received = async (cmd: string) => printed(await program.line(hasCommand(cmd))).message;
    expect.equal('receipt', (await received('COMMAND_SEND_RESULT')).sendResult.code, 'SEND_CODE_SUCCESS');
    expect.equal('text', (await received('COMMAND_PRIVATE_MESSAGE')).privateMessage.content.text, { text: '你好' });
    expect.equal('heartbeat', typeof (await received('COMMAND_HEARTBEAT')).heartbeat.sentAtMs, 'string');
    // A rejected login is reported as such.
    const refused = await client.request(1234, undefined).catch((error: unknown) => error);
    expect.equal('command that it does not know', codeOf(refused), 'UNSUPPORTED_COMMAND');
    await client.close();
    const anonymous = await node.connect(url, { login: { accessToken: 'nobody' } }).catch((error: unknown) => error);
    expect.equal('token that it does not know', codeOf(anonymous), 'UNAUTHENTICATED');
  } finally {
    expect.equal('exit code', await program.end(), 0);
  }
  return expect.result(name, 'our client, on its server over TCP');
}

function codeOf(error: unknown): unknown {
  return isProtocolError(error) ? error.code : error;
}
