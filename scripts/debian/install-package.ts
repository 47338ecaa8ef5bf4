// Programs that come from Debian. Those that are there already stay as they are.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface DebianProgram {
  /** The package that has it. */
  readonly package: string;
  /** Where the package puts it. */
  readonly path: string;
  /** What to do where it cannot be installed, a sentence. */
  readonly otherwise: string;
}

/** Path of a program, which apt installs if it is not there. */
export function installProgram(program: DebianProgram): string {
  if (!existsSync(program.path)) installByApt(program);
  return program.path;
}

function installByApt({ package: name, path, otherwise }: DebianProgram): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`there is no ${path}, and only root of a Debian may install it: ${otherwise}`);
  }
  console.log(`installing Debian's ${name}`);
  try {
    aptGet('update');
  } catch {
    // A source of other packages may be out of reach. If it is Debian's own, the installation tells.
  }
  aptGet('install', '--yes', '--no-install-recommends', name);
}

function aptGet(...args: string[]): void {
  execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    // What dpkg does, line by line, is of no interest; what goes wrong is told on the other stream.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
