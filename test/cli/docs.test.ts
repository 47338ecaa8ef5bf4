// docs/cli.md: each command line prints what stands below it.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { codeBlocks, codeSpans } from '../docs/markdown.js';
import { ROOT } from '../package/root.js';
import { MAIN } from './cli.js';

const page = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'im-bin-'));
const command = join(folder, 'im-protocol');
writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
chmodSync(command, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

/** Each `$ ` line of the page, with what it prints. */
const sessions = codeBlocks(page)
  .filter(({ language }) => language === 'console')
  .flatMap(({ code }) => code.split(/^\$ /m).slice(1))
  .map((text) => ({
    line: text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n')),
    output: text.includes('\n') ? text.slice(text.indexOf('\n') + 1) : '',
  }));

describe.skipIf(process.platform === 'win32')('docs/cli.md', () => {
  it.each(sessions)('$line', ({ line, output }) => {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, NO_COLOR: '1' };
    let stdout: string;
    try {
      stdout = execFileSync('/bin/sh', ['-c', `{ ${line}\n} 2>/dev/null`], { cwd: ROOT, env, encoding: 'utf8' });
    } catch (error) {
      stdout = (error as { stdout: string }).stdout;
    }
    expect(stdout.trimEnd()).toBe(output.trimEnd());
  });

  it('names all commands', () => {
    expect(codeSpans(page)).toEqual(expect.arrayContaining(COMMANDS.map(({ name }) => name)));
  });
});
