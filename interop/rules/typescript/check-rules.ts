// Checks messages by protovalidate. A line of the input is the full name of a message and its bytes in base64; a line of the output is a JSON
// array with the path of each violation. A path is an array of [field, subscript or null].
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRegistry, type DescFile, fromBinary } from '@bufbuild/protobuf';
import { createValidator, type Violation } from '@bufbuild/protovalidate';

const generated = join(import.meta.dirname, 'gen/typescript');
const files: DescFile[] = [];
for (const path of readdirSync(generated, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('_pb.ts'))) {
  const module = (await import(join(generated, path))) as Record<string, unknown>;
  files.push(...Object.values(module).filter((value): value is DescFile => (value as DescFile)?.kind === 'file'));
}
const registry = createRegistry(...files);
const patterns = new Map<string, RegExp>();

/** Patterns are of code points. */
function regexMatch(pattern: string, against: string): boolean {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known.test(against);
}

const validator = createValidator({ registry, regexMatch });

type Step = [field: string, subscript: string | null];

function check(line: string): Step[][] {
  const [name, text] = line.split(' ');
  const schema = registry.getMessage(name);
  if (schema === undefined) throw new Error(`unknown message ${name}`);
  const result = validator.validate(schema, fromBinary(schema, Buffer.from(text, 'base64')));
  if (result.kind === 'error') throw result.error;
  return (result.violations ?? []).map(pathOf);
}

function pathOf({ field }: Violation): Step[] {
  const steps: Step[] = [];
  for (const step of field) {
    if (step.kind === 'list_sub') steps[steps.length - 1][1] = String(step.index);
    else if (step.kind === 'map_sub') steps[steps.length - 1][1] = String(step.key);
    else steps.push([step.name, null]);
  }
  return steps;
}

let answers = '';
for await (const line of createInterface({ input: process.stdin })) {
  try {
    answers += `${JSON.stringify(check(line))}\n`;
  } catch (error) {
    answers += `${JSON.stringify({ error: String(error) })}\n`;
  }
  if (answers.length > 1 << 16) {
    process.stdout.write(answers);
    answers = '';
  }
}
process.stdout.write(answers);
