import type { InstalledPackage } from './install/install-package.js';
import type { Language } from './languages/language.js';
import type { Result } from './report.js';
import { checkReading, checkWriting } from './streams/check-streams.js';
import { checkVectors } from './vectors/check-vectors.js';

/** Builds the programs of a language and runs all checks on them; a check that breaks off is one that failed. */
export async function checkLanguage(language: Language, installed: InstalledPackage): Promise<Result[]> {
  const results: Result[] = [];
  const run = async (check: string, action: () => Promise<Result[]>): Promise<void> => {
    const start = Date.now();
    results.push(
      ...(await action().catch((error: Error) => [{ language: language.name, check, passed: 0, failed: [error.message] }])),
    );
    console.log(`${language.name}: ${check} (${Math.round((Date.now() - start) / 1000)} s)`);
  };
  await run(`built (needs ${language.needs})`, async () => {
    const programs = await language.prepare();
    await run('vectors', () => checkVectors(language, programs.vectors, installed));
    await run('streams', async () => [
      await checkReading(language, programs, installed),
      await checkWriting(language, programs, installed),
    ]);
    return [];
  });
  return results;
}
