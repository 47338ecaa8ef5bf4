// `npm run demo:web` as a process: what it prints, what it serves, and how it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../package/root.js';
import { runScript } from './run-script.js';

it.each(['SIGINT', 'SIGTERM'] as const)('prints the addresses of its pages, and ends well on %s', async (signal) => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/chat/web/main.ts'], { cwd: ROOT });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  let printed = '';
  child.stdout.setEncoding('utf8');
  for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += text;
    if (printed.includes('Ctrl-C')) break;
  }
  const urls = printed.match(/http:\S+/g)!;
  expect(urls.map((url) => new URL(url).search)).toEqual(['?user=alice', '?user=bob']);

  const page = await fetch(urls[0]);
  expect(await page.text()).toContain('<script type="module" src="/main.js"></script>');
  const policy = page.headers.get('content-security-policy');
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(policy).not.toContain('unsafe');
  expect((await fetch(new URL('/token?user=alice', urls[0]))).status).toBe(200);
  expect((await fetch(new URL('/token?user=mallory', urls[0]))).status).toBe(404);
  expect((await fetch(new URL('/../main.ts', urls[0]))).status).toBe(404);
  expect((await fetch(urls[0], { method: 'POST' })).status).toBe(405);

  child.kill(signal);
  expect(await exited).toEqual([0, null]);
});

it('says what is wrong with a port', async () => {
  const { exitCode, stderr } = await runScript('examples/chat/web/main.ts', '--port', '99999');
  expect(stderr).toMatch(/port.*99999/);
  expect(exitCode).toBe(1);
});
