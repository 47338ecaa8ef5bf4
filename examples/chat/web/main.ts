// `npm run demo:web`
import { parseArgs } from 'node:util';
import { startWebDemo } from './start-web-demo.js';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
try {
  const demo = await startWebDemo(Number(values.port));
  const stop = (): Promise<void> => demo.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  console.log(`Open both in a browser, side by side:\n\n${demo.urls.map((url) => `  ${url}\n`).join('')}\nCtrl-C ends it.`);
} catch (error) {
  // The port is in use, or invalid.
  console.error((error as Error).message);
  process.exitCode = 1;
}
