// How many files someone reads who follows a message: those whose functions run between the data event of the socket and the handler.
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MEASURE = new URL('message-path/measure.ts', import.meta.url).href;
/** Raise it only with a reason: each file more is one more to read. */
const MAX_FILES = 26;

type Called = readonly { readonly file: string; readonly functions: readonly string[] }[];

it(`a private message passes at most ${MAX_FILES} files from the socket to its handler`, { timeout: 120_000 }, async () => {
  const files = (await measured())
    .filter(({ functions }) => functions.length > 0)
    .map(({ file }) => relative(ROOT, file).split(sep).join('/'))
    .filter((file) => /^(src|generated)\//.test(file))
    .sort();
  // The first and the last on the path, and one of those between.
  expect(files).toEqual(
    expect.arrayContaining([
      'src/node/tcp-transport.ts',
      'src/connection/server-connection.ts',
      expect.stringMatching(/^generated\/.*send_info/),
    ]),
  );
  expect(files.length, files.join('\n')).toBeLessThanOrEqual(MAX_FILES);
});

async function measured(): Promise<Called> {
  const program = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(MEASURE)}); })`;
  const worker = new Worker(program, { eval: true });
  try {
    return await new Promise<Called>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    await worker.terminate();
  }
}
