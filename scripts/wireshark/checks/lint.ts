// Runs luacheck on the modules of the dissector.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../breaking/baseline.js';
import { installProgram } from '../../debian/install-package.js';
import type { Result } from '../../report.js';

const SOURCES = join(ROOT, 'wireshark/src');
/** Globals of Wireshark and bundle.ts. */
const GLOBALS = [
  ...['Proto', 'ProtoField', 'ProtoExpert', 'Field', 'Pref', 'DissectorTable', 'ByteArray', 'NSTime', 'Int64'],
  ...['base', 'expert', 'frametype', 'dissect_tcp_pdus', 'register_postdissector', 'import'],
];

export async function checkLint(): Promise<Result[]> {
  const otherwise = 'install luacheck there';
  const luacheck = installProgram({ package: 'lua-check', path: '/usr/bin/luacheck', otherwise });
  const options = ['--std', 'lua52', '--read-globals', ...GLOBALS, '--max-line-length', '150', '--formatter', 'plain'];
  const failed: string[] = [];
  try {
    execFileSync(luacheck, [SOURCES, ...options], { encoding: 'utf8' });
  } catch (error) {
    // luacheck exits with 1 or 2 if it has findings.
    const { stdout = '' } = error as { stdout?: string };
    failed.push(...(stdout === '' ? [String(error)] : stdout.trim().split('\n')));
  }
  const files = readdirSync(SOURCES).length;
  return [{ subject: 'Lua', check: 'luacheck', passed: Math.max(files - failed.length, 0), failed }];
}
