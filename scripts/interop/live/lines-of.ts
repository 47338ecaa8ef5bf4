import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface Lines {
  readonly lines: readonly string[];
  line(passes: (line: string) => boolean): Promise<string>;
}

/** The lines of a stream. Waiting for a line fails at the end of the stream or after the deadline. */
export function linesOf(stream: Readable, deadlineMs: number): Lines {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let hasEnded = false;
  const wake = (): void => {
    for (const look of waiting) look();
  };
  createInterface(stream)
    .on('line', (line) => {
      lines.push(line);
      wake();
    })
    .once('close', () => {
      hasEnded = true;
      wake();
    });
  const line = (passes: (line: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        waiting.delete(look);
        action();
      };
      const fail = (why: string): void => settle(() => reject(new Error(`${why}; it printed:\n${lines.join('\n')}`)));
      const timer = setTimeout(() => fail(`timed out waiting for a line (${deadlineMs} ms)`), deadlineMs);
      const look = (): void => {
        const found = lines.find(passes);
        if (found !== undefined) settle(() => resolve(found));
        else if (hasEnded) fail('the program ended without the expected line');
      };
      waiting.add(look);
      look();
    });
  return { lines, line };
}
