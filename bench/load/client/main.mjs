// The process of the clients: node main.mjs CONTENDER USERS
import { CONTENDERS } from '../contenders.mjs';
import { connectRpc } from '../rpc.mjs';
import { users } from '../world.mjs';

const SERVER_MS = 60_000;

const [name, userCount] = process.argv.slice(2);
const { Protocol } = await import(`./protocols/${CONTENDERS[name].protocol}.mjs`);

const { call } = connectRpc(process, { run });
// The parent is gone: nothing must be left behind.
process.once('disconnect', () => process.exit());

async function run({ scenario, settings, port }) {
  const { run: play } = await import(`./scenarios/${scenario}.mjs`);
  return play(
    {
      Protocol,
      port,
      users: users(Number(userCount)),
      server: {
        cpu: () => call('cpu', undefined, SERVER_MS),
        memory: () => call('memory', undefined, SERVER_MS),
        peak: () => call('peak', undefined, SERVER_MS),
        observe: (isOn) => call('observe', isOn, SERVER_MS),
      },
    },
    settings,
  );
}
