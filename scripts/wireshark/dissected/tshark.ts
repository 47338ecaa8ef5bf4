import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installProgram } from '../../debian/install-package.js';
import { DISSECTOR } from '../../generate-dissector/generate.js';
import { letOthersRead } from './let-others-read.js';

const run = promisify(execFile);
const DEADLINE_MS = 300_000;
/** `nobody`: newer versions do not run scripts as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Path of tshark: the variable TSHARK, or that of Debian, which apt installs if it is missing. */
export function installTshark(): string {
  return (
    process.env.TSHARK ||
    installProgram({
      package: 'tshark',
      path: '/usr/bin/tshark',
      otherwise: 'set the path with TSHARK=/path/to/tshark npm run wireshark',
    })
  );
}

/** The output of tshark for a capture, with the dissector and options. */
export async function tshark(capture: string, ...options: string[]): Promise<string> {
  const args = ['-n', '-r', capture, '-X', `lua_script:${readableDissector()}`, ...options];
  const isOurs = process.env.TSHARK === undefined && process.getuid?.() === 0;
  const { stdout, stderr } = await run(installTshark(), args, {
    // A fixed time zone for dates, and no user settings.
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8', HOME: '/nonexistent' },
    maxBuffer: 2 ** 29,
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
    ...(isOurs && NOBODY),
  });
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user'));
  if (complaints.length > 0) throw new Error(`tshark says:\n${complaints.join('\n').slice(0, 2000)}`);
  return stdout;
}

let copy: string | undefined;

/** A copy of the dissector that every user can read. */
function readableDissector(): string {
  if (copy === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'im-dissector-'));
    process.once('exit', () => rmSync(folder, { recursive: true }));
    copy = join(folder, 'im-protocol.lua');
    copyFileSync(DISSECTOR, copy);
    letOthersRead(copy);
  }
  return copy;
}
