import { execFileSync } from 'node:child_process';

/** What a process has open besides its connections. */
const OTHERS = 100;

/** Throws, with advice, if the limit of open files is too low for this number of connections. */
export function checkFileLimit(connections) {
  if (process.platform === 'win32') return;
  // Node raises the soft limit to the hard one by itself.
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  const needed = connections + OTHERS;
  if (limit === 'unlimited' || Number(limit) >= needed) return;
  throw new Error(
    `${connections} connections need ${needed} open files in one process, the limit is ${limit}: raise it (ulimit -Hn ${needed}, as root), or hold fewer (--connections)`,
  );
}
