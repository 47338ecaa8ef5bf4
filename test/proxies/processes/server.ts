// A server in a process. Prints lines of JSON: its port, then the logins and the clients that ask to be accepted. Its argument is a ServerSettings.
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { answerHealth, type DrainOptions, drainOnSignal, type ListenOptions, listen } from '../../../src/node/index.js';
import { custom, textOf } from '../../connection/messages.js';

export interface ServerSettings {
  readonly options?: Partial<ListenOptions>;
  readonly drain?: DrainOptions;
  /** The Origin that may connect. Default: all. */
  readonly origin?: string;
  /** A file that gets a line for each message that is handled. */
  readonly effects?: string;
}

/** A command that gets its data back. */
const ECHO = 1001;

// Workers of a cluster get it from the environment.
const { options, drain, origin, effects }: ServerSettings = JSON.parse(process.argv[2] ?? process.env.SETTINGS ?? '{}');
const print = (value: object): void => console.log(JSON.stringify(value));

const server = await listen({
  ...(options?.fd === undefined ? { host: '127.0.0.1' } : {}),
  ...options,
  login: ({ accessToken }) => ({ userId: BigInt(accessToken), terminal: 1 }),
  message: async (message) => {
    if (message.cmd === ECHO) return { cmd: ECHO, data: message.data?.$case === 'custom' ? message.data : undefined };
    const text = textOf(message);
    const id = message.data?.$case === 'privateMessage' ? message.data.value.content?.clientMessageId : text;
    await wait(text.length % 7);
    if (effects !== undefined) appendFileSync(effects, `${id}\n`);
    await wait(text.length % 5);
    if (message.data?.$case !== 'privateMessage') return custom(`re ${text}`, message.cmd);
    return { cmd: 7, data: { $case: 'sendResult', value: { code: 1, cmd: message.cmd, messageId: 7n } } };
  },
  accept: ({ remoteAddress, transport, origin: from }) => {
    print({ accept: remoteAddress, transport });
    return origin === undefined || from === origin;
  },
  onLogin: ({ remoteAddress, transport, user }) => print({ login: remoteAddress, transport, user: String(user?.userId) }),
  onError: (error) => print({ error: String(error) }),
  http: (request, response) => answerHealth(server, request, response) || response.writeHead(404).end(),
});
drainOnSignal(server, { graceMs: 20_000, reconnectAfterMs: 1000, ...drain });
print({ port: server.port });
