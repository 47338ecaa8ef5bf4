// The Chromium that the tests open. Playwright's own builds are not downloaded: a distribution's is the one that users have.
import { installProgram } from '../../scripts/debian/install-package.js';

/** Path of Chromium: of the one that the variable CHROMIUM names, or of Debian's, which apt installs if it is not there: 120 MB. */
export function installChromium(): string {
  return (
    process.env.CHROMIUM ||
    installProgram({
      package: 'chromium',
      path: '/usr/bin/chromium',
      otherwise: 'name a Chromium or Chrome, CHROMIUM=/path/to/it npm run test:browser',
    })
  );
}
