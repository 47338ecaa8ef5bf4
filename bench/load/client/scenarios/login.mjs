// Connect, log in, leave, and the next one.
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '../connection.mjs';
import { Latencies } from '../latencies.mjs';
import { metered } from '../metered.mjs';

/** Until the server has seen the last one leave. */
const SETTLE_MS = 50;

export async function run(context, { atATime, warmUpMs, milliseconds }) {
  await logInFor(context, atATime, warmUpMs, new Latencies());
  const latencies = new Latencies();
  const cost = await metered(context.server, () => logInFor(context, atATime, milliseconds, latencies));
  return { ...cost, ...latencies.summary() };
}

async function logInFor({ Protocol, port, users }, atATime, milliseconds, latencies) {
  const end = performance.now() + milliseconds;
  let count = 0;
  const work = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      const connection = await Connection.open(new Protocol(users[count++ % users.length], port), port);
      latencies.record(performance.now() - start);
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  await delay(SETTLE_MS);
  return count;
}
