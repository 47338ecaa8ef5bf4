import { expect, it } from 'vitest';
import { runScript } from '../run-script.js';

it('ends with exit code 0, after everything has happened', async () => {
  const run = await runScript('examples/older-clients/main.ts');
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(run.stdout.split('\n')).toEqual([
    'alice has logged in by HTTP and WebSocket: JSON of the older system',
    'bob has logged in by WebSocket: frames of this protocol',
    'bob sees what alice writes',
    'alice sees what bob writes',
    'bob sees the picture of alice',
    'alice sees that bob has read it',
    'alice recalls it, and bob no longer sees it',
    'alice was offline, and pulls what bob wrote',
    'All is well.',
    '',
  ]);
});
