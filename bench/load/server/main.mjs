// The process of a server under test: node --expose-gc main.mjs CONTENDER USERS
import { setTimeout as delay } from 'node:timers/promises';
import { CONTENDERS } from '../contenders.mjs';
import { connectRpc } from '../rpc.mjs';
import { users } from '../world.mjs';

const [name, userCount] = process.argv.slice(2);
const { start } = await import(`./${CONTENDERS[name].server}.mjs`);
const started = start(users(Number(userCount)));

connectRpc(process, { port, cpu, memory, peak, observe });
// The parent is gone: nothing must be left behind.
process.once('disconnect', () => process.exit());

/** `start` returns a port, or `{ port, observe }`. */
async function port() {
  const server = await started;
  return server.port ?? server;
}

async function observe(isOn) {
  const server = await started;
  server.observe(isOn);
}

/** Processor time so far, in microseconds, in all threads. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The most memory that was resident so far, in bytes. */
function peak() {
  return process.resourceUsage().maxRSS * 1024;
}

/** What is held once nothing is left to collect, in bytes. */
async function memory() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    // What finalizers and closed sockets give back is given back in later turns.
    await delay(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  // `external` has the array buffers in it.
  return { own: heapUsed + external, rss };
}
