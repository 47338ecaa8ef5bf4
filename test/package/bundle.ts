export { bundle, sizeOf } from '../../scripts/sizes/bundle.js';

/** Where a pattern is found, with what stands around it: a whole bundle is no text for a report. */
export function findings(text: string, pattern: RegExp): string[] {
  const found = text.matchAll(new RegExp(pattern, 'g'));
  return [...found].map(({ index }) => text.slice(Math.max(0, index - 30), index + 50));
}
