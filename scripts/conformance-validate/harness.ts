// The official harness of protovalidate, built from its Go module, and the messages that it speaks.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createFileRegistry, type DescMessage, type FileRegistry, fromBinary, type Message } from '@bufbuild/protobuf';
import { type Any, type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { ROOT } from '../conformance/cache.js';
import { runCommand } from '../run-command.js';

/** Downloads and build results; may be deleted at any time. */
export const CACHE: string = join(ROOT, '.cache/conformance-validate');

const MODULE = join(ROOT, 'scripts/conformance-validate/harness');
const PROGRAM = join(CACHE, 'protovalidate-conformance');
/** The messages of the harness and of validate.proto, compiled. */
export const IMAGE: string = join(CACHE, 'harness.binpb');

/** Builds the harness, and compiles its messages. */
export async function buildHarness(): Promise<void> {
  const cwd = MODULE;
  await runCommand('go', ['build', '-o', PROGRAM, 'github.com/bufbuild/protovalidate/tools/protovalidate-conformance'], { cwd });
  await runCommand('go', ['mod', 'download', 'github.com/bufbuild/protovalidate'], { cwd });
  const folder = await runCommand('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/bufbuild/protovalidate'], { cwd });
  const proto = join(CACHE, 'proto');
  rmSync(proto, { recursive: true, force: true });
  for (const part of ['protovalidate', 'protovalidate-testing']) {
    const from = join(String(folder).trim(), 'proto', part);
    for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
      if (!/^buf\/validate\/(validate|conformance\/harness\/\w+)\.proto$/.test(name)) continue;
      mkdirSync(dirname(join(proto, name)), { recursive: true });
      writeFileSync(join(proto, name), readFileSync(join(from, name)));
    }
  }
  await runCommand(join(ROOT, 'node_modules/.bin/buf'), ['build', proto, '-o', IMAGE], { cwd: ROOT });
}

/** A suite of the harness, with the cases that it has. */
export interface Suite {
  readonly name: string;
  readonly fdset: FileDescriptorSet;
  readonly cases: readonly Case[];
}

/** The result of a case; only what is read here. */
export interface Case {
  readonly name: string;
  readonly success: boolean;
  readonly expectedFailure: boolean;
  readonly input: Any;
  readonly wanted: TestResult;
  readonly got?: TestResult;
}

/** A buf.validate.conformance.harness.TestResult. */
interface TestResult {
  readonly result: { readonly case: string; readonly value: unknown };
}

type ResultSet = Message & { readonly suites: Suite[] };

export function harnessRegistry(): FileRegistry {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(IMAGE)));
}

/** A message of the harness by its short name. */
export function harnessMessage(registry: FileRegistry, name: string): DescMessage {
  const desc = registry.getMessage(`buf.validate.conformance.harness.${name}`);
  if (desc === undefined) throw new Error(`the harness has no message ${name}`);
  return desc;
}

/** Maximum exit code: the harness ends with the number of failures, of which the system keeps eight bits. */
const EXIT_CODES = Array.from({ length: 256 }, (_, code) => code);

/**
 * Runs the harness, with the results of all cases.
 * @param command the program that judges the cases; none = the cases alone.
 * @param expectedFailures a YAML file.
 */
export async function runHarness(
  registry: FileRegistry,
  command: readonly string[],
  expectedFailures?: string,
): Promise<Suite[]> {
  const expected = expectedFailures === undefined ? [] : ['--expected_failures', expectedFailures];
  const args = ['--proto', '--verbose', '--timeout', '120s', ...expected, ...(command.length > 0 ? command : ['--dump'])];
  const output = await runCommand(PROGRAM, args, { cwd: CACHE, mayEndWith: EXIT_CODES });
  return (fromBinary(harnessMessage(registry, 'ResultSet'), output) as ResultSet).suites;
}
