// The web flavour interprets plans: each *.codec.ts of generated code is replaced by its twin, *.plan.ts. functions.ts keeps generated code,
// because a bundle of one or two messages is smaller with it.

/** The specifier to resolve in place of `specifier`; undefined = it stays. */
export function planTwin(specifier: string, importer: string): string | undefined {
  if (!/\.codec\.js$/.test(specifier) || /(\.codec|[\\/]functions)\.ts$/.test(importer)) return undefined;
  return specifier.replace(/\.codec\.js$/, '.plan.js');
}
