// The programs of interop/rules/, which check messages by protovalidate.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../run-command.js';
import { CACHE } from '../cache.js';
import { generateCode, TOOLS } from '../install/generate-code.js';
import { PROJECT } from '../install/install-package.js';
import { installProtoc } from '../install/install-protoc.js';
import { copyProgram } from '../languages/copy-program.js';
import type { Program } from '../languages/language.js';
import { FIXTURE, FIXTURE_SCHEMA } from './fixture.js';

/** A fault of a library: what it makes of some messages. */
export interface Fault {
  readonly name: string;
  readonly text: string;
  /** @param difference what differs from our verdict. */
  covers(type: string, difference: string): boolean;
}

export interface Checker {
  readonly name: string;
  /** Vectors that the protobuf library does not decode, with the reason. One that it decodes after all is a failure. */
  readonly unreadable: Readonly<Record<string, string>>;
  /** Faults of the release of protovalidate. One that does not show is a failure. */
  readonly faults: readonly Fault[];
  prepare(): Promise<Program>;
}

export const CHECKERS: readonly Checker[] = [
  {
    name: 'Java',
    unreadable: {},
    faults: [
      {
        name: 'any-presence',
        text: 'a command of the protocol with an Any as its data, of an unknown type, throws instead of being a violation',
        covers: (_, difference) => /^\S*ExecutionException: error evaluating command_data: .*Unpacking failed/.test(difference),
      },
      {
        name: 'uint32',
        text: 'a uint32 of 2^31 or more throws in CEL',
        covers: (_, difference) =>
          /^\S*ExecutionException: .* value \(-\d+\) is outside the range for an unsigned long/.test(difference),
      },
      {
        name: 'recursion',
        text: 'of two messages that contain each other, violations at greater depth are left out',
        covers: (type, difference) => /^im\.fixture\.v1\.(Chicken|Egg)$/.test(type) && !/not expected|error/.test(difference),
      },
    ],
    async prepare() {
      const folder = copyProgram('rules/java');
      await generate('java', folder, [{ protoc_builtin: 'java', out: 'gen/java' }]);
      await runCommand('mvn', ['-B', '-q', '-Dstyle.color=never', 'process-classes'], { cwd: folder });
      return { program: 'java', args: ['-cp', 'target/classes:target/lib/*', 'im.interop.rules.CheckRules'], cwd: folder };
    },
  },
  {
    name: 'Go',
    unreadable: {},
    faults: [],
    async prepare() {
      const folder = copyProgram('rules/go');
      const plugin = ['build', '-o', join(TOOLS, 'protoc-gen-go'), 'google.golang.org/protobuf/cmd/protoc-gen-go'];
      await runCommand('go', plugin, { cwd: folder });
      await generate('go', folder, [{ local: 'protoc-gen-go', out: 'gen/go', opt: 'paths=source_relative' }], {
        enabled: true,
        disable: [{ file_option: 'go_package', path: 'buf/validate' }],
        override: [{ file_option: 'go_package_prefix', value: 'example.com/chat/gen/go' }],
      });
      writeFileSync(join(folder, 'fixture.go'), 'package main\n\nimport _ "example.com/chat/gen/go/im/fixture/v1"\n');
      await runCommand('go', ['build', '-o', 'bin/', '.'], { cwd: folder });
      return { program: join(folder, 'bin/chat'), args: [], cwd: folder };
    },
  },
  {
    name: 'Python',
    unreadable: { 'varint-length-ten-bytes': 'a length of more than five bytes is refused' },
    faults: [],
    async prepare() {
      const folder = copyProgram('rules/python');
      await generate('python', folder, [{ protoc_builtin: 'python', out: 'gen/python' }]);
      const venv = join(CACHE, 'python-rules');
      const interpreter = join(venv, 'bin/python');
      if (!existsSync(interpreter)) {
        rmSync(venv, { recursive: true, force: true });
        await runCommand('python3', ['-m', 'venv', venv], { cwd: CACHE });
      }
      const install = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt'];
      await runCommand(interpreter, install, { cwd: folder });
      const generated = join(folder, 'gen/python');
      return { program: interpreter, args: ['check_rules.py', generated], cwd: folder, env: { PYTHONPATH: generated } };
    },
  },
  {
    name: 'TypeScript',
    unreadable: {
      'nesting-100-groups': 'groups of unknown fields count as levels',
      'nesting-97-groups-in-the-third-message': 'groups of unknown fields count as levels',
    },
    faults: [],
    async prepare() {
      const folder = copyProgram('rules/typescript');
      await runCommand('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'], { cwd: folder });
      await generate('typescript', folder, [
        { local: 'protoc-gen-es', out: 'gen/typescript', opt: ['target=ts', 'import_extension=js'] },
      ]);
      // tsx of this repository.
      return { program: process.execPath, args: ['--import', 'tsx', 'check-rules.ts'], cwd: folder };
    },
  },
];

/** Generates the protocol by the template of the package, unchanged, and the fixtures in the same way. */
async function generate(language: string, folder: string, plugins: readonly object[], managed: object = {}): Promise<void> {
  const programs = join(folder, 'node_modules/.bin');
  await generateCode(`protovalidate.${language}`, folder, programs);
  const template = {
    version: 'v2',
    inputs: [{ directory: FIXTURE_SCHEMA, paths: [join(FIXTURE_SCHEMA, FIXTURE)] }],
    plugins,
    managed,
  };
  const args = ['--no-install', 'buf', 'generate', '--template', JSON.stringify(template), '--output', folder];
  const path = [programs, await installProtoc(), TOOLS, process.env.PATH].join(':');
  await runCommand('npx', args, { cwd: PROJECT, env: { PATH: path } });
}
