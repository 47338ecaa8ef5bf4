/** The first two outcomes that differ, each on a line; undefined = they are the same. */
export function firstDifference(expected: readonly string[], got: readonly string[]): string | undefined {
  const length = Math.max(expected.length, got.length);
  for (let i = 0; i < length; i++) if (expected[i] !== got[i]) return `${expected[i]}\n${got[i]}`;
  return undefined;
}
