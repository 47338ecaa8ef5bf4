// What Node would end the process for.
import { onTestFinished } from 'vitest';

/** Collects the rejections that nobody handles, in the place of the test runner. */
export function unhandledRejections(): unknown[] {
  const found: unknown[] = [];
  const before = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) => void found.push(error));
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of before) process.on('unhandledRejection', listener);
  });
  return found;
}
