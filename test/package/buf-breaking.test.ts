// `buf breaking` as docs/plugin.md describes it, in a project as that page has it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, it } from 'vitest';
import { ROOT } from './root.js';

const page = readFileSync(join(ROOT, 'docs/plugin.md'), 'utf8');
const yaml = /```yaml\n(version: v2\nmodules:\n[^`]*)```/.exec(page)![1];
const commands = [...page.matchAll(/```sh\nnpx buf ((?:build|breaking) [^`]*)\n```/g)].map(([, args]) => args.split(' '));

const project = mkdtempSync(join(tmpdir(), 'im-buf-'));
afterAll(() => rmSync(project, { recursive: true }));
const buf = (args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/buf'), args, { cwd: project, encoding: 'utf8' });
  return { status, text: stdout + stderr };
};

it('buf breaking works with the buf.yaml of the page, and finds what breaks', () => {
  cpSync(join(inject('consumer'), 'node_modules/@im/protocol'), join(project, 'node_modules/@im/protocol'), { recursive: true });
  cpSync(join(ROOT, 'examples/polls/proto'), join(project, 'proto'), { recursive: true });
  writeFileSync(join(project, 'buf.yaml'), yaml);
  expect(commands.map(([name]) => name)).toEqual(['build', 'breaking']);
  const [build, breaking] = commands;
  expect(buf(build)).toEqual({ status: 0, text: '' });
  expect(buf(breaking)).toEqual({ status: 0, text: '' });

  const file = join(project, 'proto/com/example/polls/v1/polls.proto');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.replace('string question = 3 ', 'string question = 99 '));
  const { status, text } = buf(breaking);
  expect(status).toBe(100);
  expect(text).toContain('Previously present field "3" with name "question" on message "Poll" was deleted');

  // What is added breaks nothing, and neither does a new version of this package.
  writeFileSync(file, before.replace('string question = 3 ', 'string topic = 99;\n  string question = 3 '));
  const options = join(project, 'node_modules/@im/protocol/proto/im/protocol/v1/user_info.proto');
  writeFileSync(options, readFileSync(options, 'utf8').replace('terminal = 2', 'terminal = 3'));
  expect(buf(breaking)).toEqual({ status: 0, text: '' });
});
