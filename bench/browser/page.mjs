// Runs in a page: the codecs that a browser would choose from, side by side.
import * as ours from '../contenders/im-protocol.mjs';
import * as protobufEs from '../contenders/protobuf-es.mjs';
import * as protobufjs from '../contenders/protobufjs-8.mjs';
import { measure, table } from '../measure.mjs';
import { MESSAGES } from '../messages.mjs';
import { Random } from '../random.mjs';
import { codecTests } from '../suites/codec-tests.mjs';

const CONTENDERS = [ours, protobufEs, protobufjs];
const OPERATIONS = ['encode', 'decode', 'checked'];

/** @returns { message: { operation: { contender: quartiles } } } in nanoseconds. */
export async function run({ slices, sliceMs, messages }) {
  for (const [title, { type, of }] of Object.entries(MESSAGES)) for (const message of of) check(title, type, message);
  const tests = CONTENDERS.flatMap(codecTests).filter(
    ({ message, operation }) => OPERATIONS.includes(operation) && (messages?.includes(message) ?? true),
  );
  const results = await measure(tests, { slices, sliceMs, random: new Random(1), clock: 'wall' });
  return table(tests, results, ({ message, operation, contender }) => [message, operation, contender]);
}

/** Throws unless each codec reads what each has written. */
function check(title, type, message) {
  const all = CONTENDERS.map(({ name, codec }) => ({ name, ...codec(type) }));
  const expected = String(all[0].encode(message));
  for (const writer of all) {
    const bytes = writer.encode(writer.native(message));
    for (const reader of all) {
      const again = all[0].decode(reader.encode(reader.decode(bytes)));
      if (String(all[0].encode(again)) !== expected)
        throw new Error(`${title}: written by ${writer.name}, read by ${reader.name}`);
    }
  }
}
