// A login and a message over TLS; Node's option `--tls-keylog` logs the keys.
import { readFileSync } from 'node:fs';
import { Command, SendCode, Terminal } from '../../../src/index.js';
import { connect, listen } from '../../../src/node/index.js';

const file = (name: string): string => readFileSync(new URL(`../../../test/node/tls/${name}`, import.meta.url), 'utf8');
const userId = BigInt(process.argv[2]);

const server = await listen({
  host: '127.0.0.1',
  tls: { key: file('key.pem'), cert: file('cert.pem') },
  login: async () => ({ userId, terminal: Terminal.APP, sessionId: 's' }),
  message: async ({ cmd }) => {
    const value = { code: SendCode.SUCCESS, cmd, messageId: 77n };
    return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
  },
});
for (const scheme of ['tls', 'wss']) {
  const client = await connect(`${scheme}://127.0.0.1:${server.port}`, {
    login: { accessToken: 'token' },
    tls: { ca: file('cert.pem') },
  });
  const content = { body: { $case: 'text', value: { text: `over ${scheme}` } } } as const;
  await client.request(Command.PRIVATE_MESSAGE, { receiverId: 2n, content });
  await client.close();
}
await server.close();
