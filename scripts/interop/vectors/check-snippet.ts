// Tests the program in vectors/README.md with the vectors.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../report.js';
import { runCommand } from '../../run-command.js';
import type { InstalledPackage } from '../install/install-package.js';
import type { Language, Program } from '../languages/language.js';
import { loadVectors } from './load.js';

/** @param interpreter runs a program from standard input. */
export async function checkSnippet({ name }: Language, interpreter: Program, { folder }: InstalledPackage): Promise<Result> {
  const page = readFileSync(join(folder, 'vectors/README.md'), 'utf8');
  const snippet = /```python\n(.*?)```/s.exec(page)?.[1];
  if (snippet === undefined) throw new Error('vectors/README.md has no program in Python');
  const output = await runCommand(interpreter.program, interpreter.args, { cwd: folder, input: snippet });
  const printed = new Set(
    output
      .toString()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  );
  const frames = loadVectors(folder).filter(({ hex, outcomes }) => hex !== undefined && outcomes === undefined);
  const failed = frames.filter((vector) => !printed.has(vector.name)).map((vector) => `${vector.name}: not printed`);
  return { subject: name, check: 'the program in vectors/README.md', passed: frames.length - failed.length, failed };
}
