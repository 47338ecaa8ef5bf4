// All vectors, answered by a program in another language.
import type { Vector } from '../../../test/vectors/load.js';
import type { InstalledPackage } from '../install/install-package.js';
import type { Language, Program } from '../languages/language.js';
import type { Result } from '../report.js';
import { ask } from './ask.js';
import type { Answer } from './exchange.js';
import { judgeDecoded, judgeEncoded, judgeRefused, judgeUnvalidated, VALIDATOR_CODES } from './judge.js';
import { decodeRequest, encodeRequest, isPlainJson, loadVectors } from './load.js';
import { STRICTER_THAN_PROTOBUF } from './stricter-than-protobuf.js';

type Answered = readonly [vector: Vector, answer: Answer];

export async function checkVectors(language: Language, program: Program, installed: InstalledPackage): Promise<Result[]> {
  const vectors = loadVectors(installed.folder);
  const answers = await ask(program, vectors.map(decodeRequest));
  const answered = vectors.map((vector, i): Answered => [vector, answers[i]]);
  const encodable = vectors.filter((vector) => vector.canonical && isPlainJson(vector));
  const encoded = await ask(program, encodable.map(encodeRequest));

  const frames = answered.filter(([{ frame }]) => frame);
  const isRefused = (code: string): boolean => code !== 'MALFORMED_PAYLOAD' && !VALIDATOR_CODES.has(code);
  const headers = answered.filter(([{ error }]) => error && isRefused(error.code));
  const malformed = answered.filter(([{ error }]) => error?.code === 'MALFORMED_PAYLOAD');
  const read = malformed.filter(([vector, { error }]) => !error && STRICTER_THAN_PROTOBUF.test(vector.name));
  const rules = answered.filter(([{ error }]) => error && VALIDATOR_CODES.has(error.code));
  const withoutJson = frames.filter(([, { error, frame }]) => !error && frame === undefined).length;
  return [
    tally(
      language,
      'vectors decoded',
      frames,
      judgeDecoded,
      `${withoutJson} with an Any by their bytes alone: its JSON has none of unknown type`,
    ),
    tally(language, 'framing and headers refused', headers, judgeRefused),
    tally(
      language,
      'malformed payloads refused',
      malformed.filter((one) => !read.includes(one)),
      judgeRefused,
      `${read.length} more are read: we are stricter than protobuf`,
    ),
    tally(language, 'rules of fields, left to a validator', rules, judgeUnvalidated),
    tally(language, 'encoded again, read by our decoder', frames, (v, answer) => judgeEncoded(v, answer, installed)),
    tally(
      language,
      'encoded from JSON, read by our decoder',
      encodable.map((vector, i) => [vector, encoded[i]]),
      (v, answer) => judgeEncoded(v, answer, installed),
    ),
  ];
}

function tally(
  { name, differences }: Language,
  check: string,
  answered: readonly Answered[],
  judge: (vector: Vector, answer: Answer) => string | undefined,
  note?: string,
): Result {
  const failed: string[] = [];
  const known: string[] = [];
  for (const [vector, answer] of answered) {
    const fault = judge(vector, answer);
    if (fault === undefined) continue;
    const difference = differences[vector.name];
    if (difference === undefined) failed.push(`${vector.name}: ${fault}`);
    else known.push(`${vector.name}: ${difference}`);
  }
  return { language: name, check, passed: answered.length - failed.length - known.length, failed, known, ...(note && { note }) };
}
