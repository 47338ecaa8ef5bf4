// `npm run demo:web`
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startWebDemo } from './start-web-demo.js';

/** The pages besides the one of the demo, by `--page`. */
const PAGES: Readonly<Record<string, string>> = { react: '../../react/main.tsx', vue: '../../vue/main.ts' };

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, page: { type: 'string' } } });
try {
  const demo = await startWebDemo(Number(values.port), pageNamed(values.page));
  const stop = (): Promise<void> => demo.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  console.log(`Open both in a browser, side by side:\n\n${demo.urls.map((url) => `  ${url}\n`).join('')}\nCtrl-C ends it.`);
} catch (error) {
  // The port is in use, or invalid.
  console.error((error as Error).message);
  process.exitCode = 1;
}

function pageNamed(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const path = PAGES[name];
  if (path === undefined) throw new Error(`--page: expected ${Object.keys(PAGES).join(' or ')}, got ${name}`);
  return fileURLToPath(new URL(path, import.meta.url));
}
