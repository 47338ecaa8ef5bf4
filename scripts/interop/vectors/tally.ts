import type { Vector } from '../../../test/vectors/load.js';
import type { Result } from '../../report.js';
import type { Language } from '../languages/language.js';
import type { Row } from './row.js';

/** The requests, and their names in the table. */
const CHECKS: readonly (readonly [op: string, check: string])[] = [
  ['decode', 'vectors decoded or rejected'],
  ['decodeStream', 'the same as streams, byte by byte'],
  ['encode', 'encoded from JSON'],
  ['reencode', 'decoded and encoded again'],
  ['negotiate', 'answer of a server to a Hello'],
  ['check', 'check of the answer by a client'],
];

/** Vectors with an Any: in the JSON of the frame; or, for an invalid frame without JSON, in its bytes (`/chat.Poll`) or by name. */
const HAS_ANY = /"@type"|2f636861742e506f6c6c|^{"name":"any-type-url-/;

type TestedLanguage = Pick<Language, 'name' | 'differences' | 'unknownFields' | 'leavesOut'>;

/** Returns a row of the table per op. */
export function tally(language: TestedLanguage, rows: readonly Row[], vectors: readonly Vector[]): Result[] {
  const texts = new Map(vectors.map((vector) => [vector.name, JSON.stringify(vector)]));
  const results = CHECKS.map(([op, check]) => {
    const ofOp = rows.filter((row) => row.op === op);
    const passed = ofOp.filter(({ outcome }) => outcome === 'passed');
    const differing = ofOp.filter(({ outcome }) => outcome === 'failed');
    const skipped = ofOp.filter(({ outcome }) => outcome === 'skipped');
    const reasons = skipped.map((row) => whySkipped(row, texts.get(row.vector) ?? '', language));
    const known = differing.map((row) => whyKnown(row, texts.get(row.vector) ?? '', language));
    return {
      subject: language.name,
      check,
      passed: passed.length,
      failed: [
        ...differing.filter((_, i) => known[i] === undefined).map(({ vector, text }) => `${vector}: ${text}`),
        ...skipped.filter((_, i) => reasons[i] === undefined).map(({ vector, text }) => `${vector}: not answered: ${text}`),
      ],
      known: known.filter((text) => text !== undefined),
      skipped: reasons.filter((reason) => reason !== undefined).length,
      note: counted([...passed.map(({ text }) => text), ...reasons]),
    };
  });
  return [...results, ...staleDifferences(language, rows)];
}

/** The known difference of the protobuf library for a vector. */
function whyKnown({ op, vector: name }: Row, vector: string, { differences, unknownFields }: TestedLanguage): string | undefined {
  if (differences[name] !== undefined) return `${name}: ${differences[name]}`;
  return op === 'reencode' && vector.includes('"$unknown"') ? unknownFields : undefined;
}

/** Why a request may be skipped; undefined = it must be answered. */
function whySkipped({ op }: Row, vector: string, { leavesOut }: TestedLanguage): string | undefined {
  if (leavesOut[op] !== undefined) return `skipped: ${leavesOut[op]}`;
  if (op !== 'reencode' && HAS_ANY.test(vector)) return 'skipped: an Any of unknown type has no JSON';
  return op === 'encode' && vector.includes('"$unknown"') ? 'skipped: unknown fields have no JSON' : undefined;
}

/** `3 accepted: rules are not checked; 2 skipped: ...` */
function counted(texts: readonly (string | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => `${count} ${text}`).join('; ');
}

/** Known differences that no longer occur must be removed from the list. */
function staleDifferences({ name, differences }: TestedLanguage, rows: readonly Row[]): Result[] {
  const failed = new Set(rows.filter(({ outcome }) => outcome === 'failed').map(({ vector }) => vector));
  const stale = Object.keys(differences).filter((vector) => !failed.has(vector));
  if (stale.length === 0) return [];
  return [{ subject: name, check: 'known differences', passed: 0, failed: stale.map((vector) => `${vector}: does not differ`) }];
}
