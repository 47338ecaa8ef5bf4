// The Chromium that the tests open. Playwright's own builds are not downloaded: a distribution's is the one that users have.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where Debian's package puts it. */
const DEBIAN_CHROMIUM = '/usr/bin/chromium';

/** Path of Chromium: of the one that the variable CHROMIUM names, or of Debian's, which apt installs if it is not there. */
export function installChromium(): string {
  const { CHROMIUM } = process.env;
  if (CHROMIUM) return CHROMIUM;
  if (!existsSync(DEBIAN_CHROMIUM)) installByApt();
  return DEBIAN_CHROMIUM;
}

function installByApt(): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `there is no ${DEBIAN_CHROMIUM}, and only root of a Debian may install it: name a Chromium or Chrome, CHROMIUM=/path/to/it npm run test:browser`,
    );
  }
  console.log('installing Chromium, 120 MB');
  try {
    aptGet('update');
  } catch {
    // A source of other packages may be out of reach. If it is Debian's own, the installation tells.
  }
  aptGet('install', '--yes', '--no-install-recommends', 'chromium');
}

function aptGet(...args: string[]): void {
  execFileSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    // What dpkg does, line by line, is of no interest; what goes wrong is told on the other stream.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
