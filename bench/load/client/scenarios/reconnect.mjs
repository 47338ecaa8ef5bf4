// A server was killed, and its clients come back to the next one, all at once. As after a crash, the process of the server is new: nothing of
// it is compiled yet.
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '../connection.mjs';
import { Latencies } from '../latencies.mjs';
import { metered } from '../metered.mjs';
import { closeAll } from '../open-all.mjs';
import { sourceAddresses } from '../source-addresses.mjs';

export async function run({ Protocol, port, users, server }, { connections: count, settleMs }) {
  const from = sourceAddresses(count);
  const before = await server.peak();
  const latencies = new Latencies();
  const start = performance.now();
  let connections;
  const cost = await metered(server, async () => {
    const opening = Array.from({ length: count }, async (_, i) => {
      const connection = await Connection.open(new Protocol(users[i], port), port, from[i % from.length]);
      latencies.record(performance.now() - start);
      return connection;
    });
    connections = await Promise.all(opening);
    return count;
  });
  await delay(settleMs);
  const peak = (await server.peak()) - before;
  closeAll(connections);
  return { ...cost, ...latencies.summary(), seconds: count / cost.perSecond, peak };
}
