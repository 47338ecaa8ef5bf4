import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { linesOf } from '../../scripts/interop/live/lines-of.js';

it('gives a line that came before, and one that comes later', async () => {
  const stream = new PassThrough();
  const { lines, line } = linesOf(stream, 60_000);
  stream.write('one\n');
  await line((text) => text === 'one');
  const second = line((text) => text.startsWith('t'));
  stream.write('tw');
  stream.write('o\n');
  expect([await second, await line((text) => text === 'one'), lines]).toEqual(['two', 'one', ['one', 'two']]);
});

it('fails at the end of the stream and shows the lines', async () => {
  const stream = new PassThrough();
  const { line } = linesOf(stream, 60_000);
  stream.end('one\n');
  await expect(line((text) => text === 'two')).rejects.toThrow('the program ended without the expected line; it printed:\none');
});

it('fails after the deadline', async () => {
  await expect(linesOf(new PassThrough(), 1).line(() => true)).rejects.toThrow('timed out waiting for a line (1 ms)');
});
