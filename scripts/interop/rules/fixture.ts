// A schema with every kind of rule, whose rules of buf.validate the plugin of the package writes, as for an application.
import { appendFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from '../../run-command.js';
import { ROOT } from '../cache.js';
import { type InstalledPackage, PROJECT } from '../install/install-package.js';

/** Relative to a folder of .proto files. */
export const FIXTURE = 'im/fixture/v1/rules.proto';

/** The schema with rules of buf.validate, relative to the project. */
export const FIXTURE_SCHEMA = 'fixture-protovalidate';

const OPTIONS = 'im/options/v1/options.proto';

export async function writeFixture({ folder }: InstalledPackage): Promise<void> {
  const source = join(PROJECT, 'fixture');
  const target = join(PROJECT, FIXTURE_SCHEMA);
  for (const out of [source, target]) rmSync(out, { recursive: true, force: true });
  copy(join(ROOT, 'test/fixtures/proto'), FIXTURE, source);
  copy(join(folder, 'proto'), OPTIONS, source);
  for (const file of [OPTIONS, 'buf/validate/validate.proto']) copy(join(folder, 'proto-protovalidate'), file, target);
  // As in the files of the protocol, so that classes in Java have the names of the messages.
  appendFileSync(join(source, FIXTURE), '\noption java_multiple_files = true;\noption java_package = "im.fixture.v1";\n');
  const template = {
    version: 'v2',
    inputs: [{ directory: 'fixture' }],
    plugins: [{ local: 'protoc-gen-im-protocol', out: FIXTURE_SCHEMA, strategy: 'all', opt: 'protovalidate=true' }],
  };
  await runCommand('npx', ['--no-install', 'buf', 'generate', '--template', JSON.stringify(template)], { cwd: PROJECT });
}

function copy(from: string, file: string, to: string): void {
  mkdirSync(dirname(join(to, file)), { recursive: true });
  cpSync(join(from, file), join(to, file));
}
