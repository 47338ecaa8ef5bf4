// `npm run demo:web`
import { parseArgs } from 'node:util';
import { startWebDemo } from './start-web-demo.js';

/** The pages hear that the server goes, and have so long to hear it, in milliseconds. */
const GRACE_MS = 300;

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
try {
  const { server, urls } = await startWebDemo(Number(values.port));
  const stop = (): Promise<void> => server.drain({ graceMs: GRACE_MS, reconnectAfterMs: 0, reason: 'the demo ends' });
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  console.log(`Open both in a browser, side by side:\n\n${urls.map((url) => `  ${url}\n`).join('')}\nCtrl-C ends it.`);
} catch (error) {
  // The port is in use, or invalid.
  console.error((error as Error).message);
  process.exitCode = 1;
}
