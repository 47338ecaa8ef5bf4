// Installs programs from Debian packages, unless they are installed already.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface DebianProgram {
  /** The Debian package. */
  readonly package: string;
  /** Path of the installed program. */
  readonly path: string;
  /** Advice if it cannot be installed. */
  readonly otherwise: string;
}

/** Path of a program, which apt installs if it is missing. */
export function installProgram(program: DebianProgram): string {
  if (!existsSync(program.path)) installByApt(program);
  return program.path;
}

function installByApt({ package: name, path, otherwise }: DebianProgram): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`${path} is missing, and can only be installed by root on Debian: ${otherwise}`);
  }
  console.log(`installing Debian's ${name}`);
  try {
    aptGet('update');
  } catch {
    // Other package sources may be unreachable. If it is Debian's, the installation fails.
  }
  aptGet('install', '--yes', '--no-install-recommends', name);
}

function aptGet(...args: string[]): void {
  execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    // Discard the output of dpkg; errors go to stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
