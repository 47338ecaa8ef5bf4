// Judges messages by protovalidate in several languages: the same verdict as ours, with the same paths.
import { createFileRegistry, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { Random } from '../../../test/fuzz/random.js';
import { createSettings, type Settings } from '../../protoc-gen-im-protocol/settings.js';
import type { Result } from '../../report.js';
import { runCommand } from '../../run-command.js';
import { type InstalledPackage, PROJECT } from '../install/install-package.js';
import { loadVectors } from '../vectors/load.js';
import type { Answer, Case } from './case.js';
import type { Checker } from './checkers.js';
import { Codecs } from './codecs.js';
import { differencesRow, expectationOf, type Judged, tallyAnswers } from './compare.js';
import { FIXTURE_SCHEMA, writeFixture } from './fixture.js';
import { RandomMessages } from './random-messages.js';
import { vectorCases } from './vector-cases.js';

const RANDOM_MESSAGES = 100_000;
const SEED = 20_261_130;
/** For 100,000 messages on a busy machine. */
const DEADLINE_MS = 900_000;

export async function checkRules(checkers: readonly Checker[], installed: InstalledPackage): Promise<Result[]> {
  await writeFixture(installed);
  const schema = await readSchema();
  const vectors = judgedVectors(installed, schema);
  const random = judgedRandom(installed, schema);
  const results: Result[] = [];
  for (const checker of checkers) {
    const start = Date.now();
    try {
      const program = await checker.prepare();
      console.log(`${checker.name}: rules generated, program built (${seconds(start)} s)`);
      const all = [...vectors, ...random];
      const answers = await answersOf(program, all);
      console.log(`${checker.name}: rules of ${all.length} messages checked by protovalidate (${seconds(start)} s)`);
      results.push(tallyAnswers(checker, all, answers, schema.settings));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      results.push({ subject: checker.name, check: 'rules by protovalidate', passed: 0, failed: [text] });
    }
  }
  return [...results, differencesRow([...vectors, ...random])];
}

interface Schema {
  readonly settings: Settings;
  readonly messages: ReadonlyMap<string, DescMessage>;
}

/** The messages of the protocol and of the fixtures. */
async function readSchema(): Promise<Schema> {
  const messages = new Map<string, DescMessage>();
  const files = [];
  for (const folder of ['node_modules/@im/protocol/proto-protovalidate', FIXTURE_SCHEMA]) {
    const args = ['--no-install', 'buf', 'build', folder, '--as-file-descriptor-set', '-o', '-'];
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, await runCommand('npx', args, { cwd: PROJECT })));
    files.push(...registry.files);
    for (const type of registry) if (type.kind === 'message') messages.set(type.typeName, type);
  }
  return { settings: createSettings(files), messages };
}

function judgedVectors(installed: InstalledPackage, { messages, settings }: Schema): Judged[] {
  const codecs = new Codecs(installed.index);
  const frameTypes = new Map([...messages.values()].map((desc) => [settings.message(desc)?.frameType ?? 0, desc.typeName]));
  frameTypes.delete(0);
  return judge(vectorCases(loadVectors(installed.folder), frameTypes, codecs), codecs, { messages, settings });
}

function judgedRandom(installed: InstalledPackage, { messages, settings }: Schema): Judged[] {
  const codecs = new Codecs(installed.index);
  const types = [...messages.values()].filter(({ typeName }) => typeName.startsWith('im.') && codecs.has(typeName));
  const random = new Random(SEED);
  const generator = new RandomMessages(settings, random);
  const cases = Array.from({ length: RANDOM_MESSAGES }, (_, i): Case => {
    const desc = random.pick(types);
    return { name: `random message ${i}`, type: desc.typeName, bytes: generator.next(desc) };
  });
  return judge(cases, codecs, { messages, settings });
}

function judge(cases: readonly Case[], codecs: Codecs, { messages, settings }: Schema): Judged[] {
  return cases.map((one) => {
    const desc = messages.get(one.type) as DescMessage;
    return { case: one, desc, expected: expectationOf(codecs.judge(one.type, one.bytes), desc, settings) };
  });
}

async function answersOf(
  { program, args, ...options }: Awaited<ReturnType<Checker['prepare']>>,
  judged: readonly Judged[],
): Promise<Answer[]> {
  const input = judged.map(({ case: { type, bytes } }) => `${type} ${Buffer.from(bytes).toString('base64')}\n`).join('');
  const output = await runCommand(program, args, { ...options, input, deadlineMs: DEADLINE_MS });
  return output
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Answer);
}

function seconds(start: number): number {
  return Math.round((Date.now() - start) / 1000);
}
