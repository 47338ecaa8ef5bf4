// What a connection costs that nobody uses.
import { setTimeout as delay } from 'node:timers/promises';
import { closeAll, openAll } from '../open-all.mjs';

/** What is loaded and compiled on first use, and caches that fill once, are no cost of a connection. */
const WARM_UP = 200;

export async function run(context, { connections: count, settleMs }) {
  const { server } = context;
  closeAll(await openAll(context, Math.min(WARM_UP, count)));
  await delay(settleMs);
  const before = await server.memory();
  const connections = await openAll(context, count);
  await delay(settleMs);
  const after = await server.memory();
  closeAll(connections);
  return { held: connections.length, own: (after.own - before.own) / count, rss: (after.rss - before.rss) / count };
}
