// Keeps a listening socket, as systemd does for a service: starts a server with it, and at SIGHUP ends that one and starts another.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const [program, settings] = process.argv.slice(2);

function start(): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', program, settings], { stdio: ['ignore', 'inherit', 'inherit', 3] });
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

let server = start();
process.on('SIGHUP', async () => {
  await stop(server);
  server = start();
});
process.on('SIGTERM', async () => {
  await stop(server);
  process.exit();
});
