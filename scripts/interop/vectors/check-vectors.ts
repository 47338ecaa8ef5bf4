// Runs all vectors with a program in another language.
import type { Result } from '../../report.js';
import type { InstalledPackage } from '../install/install-package.js';
import type { Language, Program } from '../languages/language.js';
import { loadVectors } from './load.js';
import { runVectors } from './run-vectors.js';
import { tally } from './tally.js';

export async function checkVectors(language: Language, program: Program, installed: InstalledPackage): Promise<Result[]> {
  return tally(language, await runVectors(program), loadVectors(installed.folder));
}
