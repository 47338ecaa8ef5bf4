import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installProgram } from '../../debian/install-package.js';
import { DISSECTOR } from '../../generate-dissector/generate.js';

const run = promisify(execFile);
const DEADLINE_MS = 300_000;

/** Path of tshark, of Debian's where there is none. */
export function installTshark(): string {
  return installProgram({
    package: 'tshark',
    path: '/usr/bin/tshark',
    otherwise: 'install tshark, which is a part of Wireshark',
  });
}

/** What tshark prints of a capture, with the dissector and further options. */
export async function tshark(capture: string, ...options: string[]): Promise<string> {
  const args = ['-n', '-r', capture, '-X', `lua_script:${DISSECTOR}`, ...options];
  // A time zone would show in dates.
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const { stdout, stderr } = await run(installTshark(), args, {
    env,
    maxBuffer: 2 ** 29,
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user "root"'));
  if (complaints.length > 0) throw new Error(`tshark says:\n${complaints.join('\n').slice(0, 2000)}`);
  return stdout;
}
