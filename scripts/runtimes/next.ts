// Next: `next build` and `next start`, with each of its bundlers. A client component runs the self-test in a browser, a route handler on the server.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../run-command.js';
import { chromiumBrowser, openPage } from './browsers.js';
import { type Build, buildOf } from './build-of.js';
import { fetchReport, freePort } from './fetch-report.js';
import { install, versionOf } from './install.js';
import { writeProgram } from './program.js';
import { type Outcome, type Place, type Runtime, sendTo } from './runtime.js';

const DEPENDENCIES = { next: '16', react: '19', 'react-dom': '19' };
const BUNDLERS = ['Turbopack', 'webpack'] as const;
type Bundler = (typeof BUNDLERS)[number];

const DEADLINE_MS = 400_000;
const IMPORTS = `import { selfTest } from '../self-test.mjs';\nimport vectors from '../vectors.mjs';`;

/** Files of the application. @param reportUrl where the page sends its report. */
function filesOf({ url }: Place, reportUrl: string): Readonly<Record<string, string>> {
  return {
    // Otherwise Next takes the folder of this repository for the root of the application.
    'next.config.mjs': `
const root = import.meta.dirname;
export default { distDir: process.env.DIST, turbopack: { root }, outputFileTracingRoot: root };
`,
    'app/layout.js': `
export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`,
    'app/page.js': `'use client';
import { useEffect } from 'react';
${IMPORTS}
export default function Page() {
  useEffect(() => {${sendTo(url, JSON.stringify(reportUrl))}}, []);
  return <p>Self-test</p>;
}
`,
    'app/server/route.js': `
${IMPORTS.replaceAll('../', '../../')}
export const dynamic = 'force-dynamic';
export const GET = async () => Response.json(await selfTest(vectors, ${JSON.stringify(url)}));
`,
  };
}

interface Application {
  readonly folder: string;
  /** Where Next writes, in the folder. */
  readonly dist: string;
  readonly address: string;
  close(): void;
}

/** Builds the application and starts its server. */
async function startApplication(place: Place, bundler: Bundler, reportUrl: string): Promise<Application> {
  const folder = join(place.folder, 'next');
  await install(folder, DEPENDENCIES);
  await writeProgram(folder, place.url);
  for (const [name, text] of Object.entries(filesOf(place, reportUrl))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const dist = `.next-${bundler.toLowerCase()}`;
  rmSync(join(folder, dist), { recursive: true, force: true });
  const env = { DIST: dist, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const next = join(folder, 'node_modules/next/dist/bin/next');
  await runCommand(process.execPath, [next, 'build', `--${bundler.toLowerCase()}`], {
    cwd: folder,
    env,
    deadlineMs: DEADLINE_MS,
  });
  const port = await freePort();
  const server = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', String(port)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  });
  return { folder, dist, address: `http://127.0.0.1:${port}`, close: () => void server.kill('SIGKILL') };
}

/** The build of the package in the scripts of a folder. */
function buildIn(folder: string): Build {
  const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  return buildOf(scripts.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n'));
}

function page(bundler: Bundler): Runtime {
  return {
    name: `Next, ${bundler}: page`,
    build: 'web',
    isInCi: false,
    async run(place): Promise<Outcome> {
      const { url, report } = place.addPage();
      const app = await startApplication(place, bundler, url);
      try {
        // The server answers when it is ready; the page itself has no report.
        await fetchReport(`${app.address}/server`);
        return {
          version: versionOf(app.folder, 'next'),
          bundled: buildIn(join(app.folder, app.dist, 'static')),
          report: await openPage(chromiumBrowser(), { url: app.address, report }),
        };
      } finally {
        app.close();
      }
    },
  };
}

function server(bundler: Bundler): Runtime {
  return {
    name: `Next, ${bundler}: server`,
    build: 'Node',
    isInCi: false,
    async run(place): Promise<Outcome> {
      const app = await startApplication(place, bundler, place.addPage().url);
      try {
        return {
          version: versionOf(app.folder, 'next'),
          bundled: buildIn(join(app.folder, app.dist, 'server')),
          report: await fetchReport(`${app.address}/server`),
        };
      } finally {
        app.close();
      }
    },
  };
}

export const NEXT: readonly Runtime[] = BUNDLERS.flatMap((bundler) => [page(bundler), server(bundler)]);
