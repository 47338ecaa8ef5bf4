// Browsers, which open a page and send its report to the server.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installChromium } from '../../test/browser/install-chromium.js';
import { installProgram } from '../debian/install-package.js';
import { runCommand } from '../run-command.js';
import { install } from './install.js';
import { bundleScript, writeProgram } from './program.js';
import type { Outcome, Place, Runtime } from './runtime.js';

const DEADLINE_MS = 200_000;

/** Opens the page with the self-test in a browser. @param args of the browser, for a folder with its profile. */
async function inBrowser(program: string, args: (profile: string) => string[], place: Place): Promise<Outcome> {
  const folder = join(place.folder, 'pages');
  await install(folder, {});
  await writeProgram(folder, place.url);
  const send = `
const send = (report) => fetch(location.pathname, { method: 'POST', body: JSON.stringify(report) });
selfTest(vectors, ${JSON.stringify(place.url)}).then(send, (error) => send({ parts: [{ name: 'page', passed: 0, failures: [String(error)] }] }));
`;
  const page = place.addPage(await bundleScript(folder, send));
  // `Mozilla Firefox 153.8.0esr`
  const [version = ''] = /\d\S*/.exec(String(await runCommand(program, ['--version'], { cwd: folder }))) ?? [];
  const profile = mkdtempSync(join(tmpdir(), 'im-profile-'));
  // A group of its own: browsers have many processes.
  const child = spawn(program, [...args(profile), page.url], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, HOME: profile },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the page has sent no report')), DEADLINE_MS);
    });
    return { version, report: await Promise.race([page.report, deadline]) };
  } finally {
    clearTimeout(timer);
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

const chromium: Runtime = {
  name: 'Chromium',
  build: 'web',
  isInCi: true,
  run: (place) =>
    inBrowser(
      installChromium(),
      // root has no sandbox; only this page is opened.
      (profile) => ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`],
      place,
    ),
};

const firefox: Runtime = {
  name: 'Firefox',
  build: 'web',
  isInCi: false,
  run(place) {
    const path = '/usr/bin/firefox-esr';
    const program = installProgram({ package: 'firefox-esr', path, otherwise: 'on other systems this runtime is not tested' });
    return inBrowser(program, (profile) => ['--headless', '--no-remote', '--profile', profile], place);
  },
};

export const BROWSERS: readonly Runtime[] = [chromium, firefox];
