import type { Result } from '../report.js';
import { runCommand } from '../run-command.js';
import type { InstalledPackage } from './install/install-package.js';
import type { Language, Program, Programs } from './languages/language.js';
import { checkClient } from './live/check-client.js';
import { checkServer } from './live/check-server.js';
import { checkReading, checkWriting } from './streams/check-streams.js';
import { checkSnippet } from './vectors/check-snippet.js';
import { checkVectors } from './vectors/check-vectors.js';

/** Builds the programs of a language and runs all checks. A check that throws counts as failed; the others still run. */
export async function checkLanguage(language: Language, installed: InstalledPackage): Promise<Result[]> {
  let programs: Programs;
  try {
    programs = await timed(`${language.name}: code generated, programs built`, () => language.prepare());
  } catch (error) {
    return [failure(language, `built (needs ${language.needs})`, error)];
  }
  const results: Result[] = [];
  for (const [check, action] of checksOf(language, programs, installed)) {
    try {
      results.push(...[await timed(`${language.name}: ${check}`, action)].flat());
    } catch (error) {
      results.push(failure(language, check, error));
    }
  }
  return results;
}

type Check = readonly [check: string, action: () => Promise<Result | Result[]>];

function checksOf(language: Language, programs: Programs, installed: InstalledPackage): Check[] {
  const { vectors, readFrames, writeFrames, snippets, readerTests, live } = programs;
  const checks: Check[] = [];
  if (readerTests !== undefined) checks.push(['tests of its reader', () => checkReader(language, readerTests)]);
  if (vectors !== undefined) checks.push(['vectors', () => checkVectors(language, vectors, installed)]);
  if (readFrames !== undefined) checks.push(['our frames', () => checkReading(language, readFrames, installed)]);
  checks.push(['its own frames', () => checkWriting(language, writeFrames, installed)]);
  if (snippets !== undefined) checks.push(['vectors/README.md', () => checkSnippet(language, snippets, installed)]);
  if (live !== undefined) {
    checks.push(['its client', () => checkClient(language, live.client, installed)]);
    checks.push(['its server', () => checkServer(language, live.server, installed)]);
  }
  return checks;
}

async function checkReader({ name }: Language, { program, args, ...options }: Program): Promise<Result> {
  await runCommand(program, args, options);
  return { subject: name, check: 'tests of its reader', passed: 1, failed: [] };
}

async function timed<T>(what: string, action: () => Promise<T>): Promise<T> {
  const start = Date.now();
  try {
    return await action();
  } finally {
    console.log(`${what} (${Math.round((Date.now() - start) / 1000)} s)`);
  }
}

function failure({ name }: Language, check: string, error: unknown): Result {
  return { subject: name, check, passed: 0, failed: [error instanceof Error ? error.message : String(error)] };
}
