// Browsers, which open a page and send its report to the server.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installChromium } from '../../test/browser/install-chromium.js';
import type { Report } from '../../test/runtimes/program/report.js';
import { installProgram } from '../debian/install-package.js';
import { versionOfPackage } from '../debian/version-of-package.js';
import { runCommand } from '../run-command.js';
import { install } from './install.js';
import { bundleScript, writeProgram } from './program.js';
import { type Page, type Place, type Runtime, sendTo } from './runtime.js';
import { openVirtualDisplay } from './virtual-display.js';

const DEADLINE_MS = 200_000;

/** A browser that opens a page without a window. */
export interface Browser {
  readonly program: string;
  /** Its arguments, for a folder with its profile. */
  args(profile: string): string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Opens a page, and waits for its report. */
export async function openPage({ program, args, env }: Browser, { url, report }: Page): Promise<Report> {
  const profile = mkdtempSync(join(tmpdir(), 'im-profile-'));
  // A group of its own: browsers have many processes.
  const child = spawn(program, [...args(profile), url], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, HOME: profile, ...env },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the page has sent no report')), DEADLINE_MS);
    });
    return await Promise.race([report, deadline]);
  } finally {
    clearTimeout(timer);
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** A page with the self-test. */
async function selfTestPage(place: Place): Promise<Page> {
  const folder = join(place.folder, 'pages');
  await install(folder, {});
  await writeProgram(folder, place.url);
  return place.addPage(await bundleScript(folder, sendTo(place.url, 'location.pathname')));
}

/** `Mozilla Firefox 153.8.0esr` */
async function versionOf(program: string): Promise<string> {
  const [version = ''] = /\d\S*/.exec(String(await runCommand(program, ['--version'], { cwd: tmpdir() }))) ?? [];
  return version;
}

export function chromiumBrowser(): Browser {
  return {
    program: installChromium(),
    // root has no sandbox; only pages of these tests are opened.
    args: (profile) => ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`],
  };
}

const chromium: Runtime = {
  name: 'Chromium',
  build: 'web',
  isInCi: true,
  async run(place) {
    const browser = chromiumBrowser();
    return { version: await versionOf(browser.program), report: await openPage(browser, await selfTestPage(place)) };
  },
};

const OTHERWISE = 'on other systems this runtime is not tested';

const firefox: Runtime = {
  name: 'Firefox',
  build: 'web',
  isInCi: false,
  async run(place) {
    const program = installProgram({ package: 'firefox-esr', path: '/usr/bin/firefox-esr', otherwise: OTHERWISE });
    const browser: Browser = { program, args: (profile) => ['--headless', '--no-remote', '--profile', profile] };
    return { version: await versionOf(program), report: await openPage(browser, await selfTestPage(place)) };
  },
};

/** The browser that WebKitGTK is tested with. It has the processes, sockets and pages of any browser with this engine. */
const webkit: Runtime = {
  name: 'WebKit',
  build: 'web',
  isInCi: false,
  async run(place) {
    const library = 'libwebkit2gtk-4.1-0';
    const path = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
    const program = installProgram({ package: library, path, otherwise: OTHERWISE });
    const display = await openVirtualDisplay();
    try {
      // There is no graphics card.
      const env = { DISPLAY: display.name, WEBKIT_DISABLE_COMPOSITING_MODE: '1', WEBKIT_DISABLE_DMABUF_RENDERER: '1' };
      const report = await openPage({ program, args: () => ['--private'], env }, await selfTestPage(place));
      return { version: `WebKitGTK ${await versionOfPackage(library)}`, report };
    } finally {
      display.close();
    }
  },
};

export const BROWSERS: readonly Runtime[] = [chromium, firefox, webkit];
