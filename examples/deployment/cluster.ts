// Several servers on one port: node cluster.js server.js 4. SIGHUP replaces them one after the other, SIGTERM drains all and ends.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

const [program, count = availableParallelism()] = process.argv.slice(2);
cluster.setupPrimary({ exec: program, args: [] });

let isEnding = false;
/** The workers that are replaced if they end unexpectedly. */
const kept = new Set<Worker>();

function keep(worker: Worker): void {
  kept.add(worker);
  worker.once('exit', (code, signal) => {
    if (!kept.delete(worker) || isEnding) return;
    console.error(`worker ${worker.process.pid} has ended with ${signal ?? code}`);
    // Not at once: a program that cannot start must not use the whole processor.
    setTimeout(() => !isEnding && keep(cluster.fork()), 1000);
  });
}

/** SIGTERM to a worker, which drains. Resolves when its process has ended. */
async function drain(worker: Worker): Promise<void> {
  kept.delete(worker);
  if (worker.isDead()) return;
  worker.process.kill('SIGTERM');
  await once(worker, 'exit');
}

/** The next worker listens before the old one drains. */
async function replace(old: Worker): Promise<void> {
  const next = cluster.fork();
  const listens = once(next, 'listening').then(() => true);
  if (!(await Promise.race([listens, once(next, 'exit').then(() => false)]))) throw new Error('the program does not start');
  keep(next);
  await drain(old);
}

let replacing = Promise.resolve();
process.on('SIGHUP', () => {
  replacing = replacing
    .then(async () => {
      for (const worker of [...kept]) if (!isEnding) await replace(worker);
      console.log('all workers are replaced');
    })
    .catch((error) => console.error(`${error}: the old workers stay`));
});
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, async () => {
    if (isEnding) return;
    isEnding = true;
    await Promise.all(Object.values(cluster.workers ?? {}).flatMap((worker) => (worker === undefined ? [] : [drain(worker)])));
    process.exit();
  });
for (let i = 0; i < Number(count); i++) keep(cluster.fork());
