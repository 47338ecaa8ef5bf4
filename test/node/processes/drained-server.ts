// A server in a process that drains at a signal: prints its port, then what happens. Arguments: the options of drainOnSignal, and what onDrained does.
import { connect, drainOnSignal, listen } from '../../../src/node/index.js';

const [options = '{}', onDrained = 'print', client = ''] = process.argv.slice(2);

const handlers = {
  login: ({ accessToken }: { accessToken: string }) => ({ userId: BigInt(accessToken), terminal: 1 }),
  message: async ({ cmd }: { cmd: number }) => {
    if (cmd !== 1001) return { cmd };
    console.log('held');
    return new Promise<undefined>(() => {});
  },
};
const servers = [await listen({ host: '127.0.0.1', ...handlers }), await listen({ host: '127.0.0.1', ...handlers })];
// Keeps the process: drainOnSignal has to end it.
setInterval(() => {}, 60_000);
process.on('SIGHUP', () => {
  process.exitCode = 7;
  console.log('exit code 7');
});

drainOnSignal(servers, {
  ...JSON.parse(options),
  onDrained: async () => {
    console.log('drained', servers.map(({ status }) => status).join());
    if (onDrained === 'throw') throw new Error('the database is away');
    if (onDrained === 'hang') await new Promise(() => {});
  },
});
if (client !== '') await connect(`tcp://127.0.0.1:${servers[0].port}`, { login: { accessToken: client } });
console.log(servers[0].port, servers[1].port);
