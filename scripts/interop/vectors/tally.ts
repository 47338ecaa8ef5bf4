import type { Vector } from '../../../test/vectors/load.js';
import type { Result } from '../../report.js';
import type { Language } from '../languages/language.js';
import type { Row } from './row.js';

/** What is asked, as the table names it. */
const CHECKS: readonly (readonly [op: string, check: string])[] = [
  ['decode', 'vectors decoded, or refused'],
  ['decodeStream', 'the same as streams, byte by byte'],
  ['encode', 'encoded from JSON'],
  ['reencode', 'decoded and encoded again'],
  ['negotiate', 'what a server answers to a Hello'],
  ['check', 'what a client makes of the answer'],
];

/** An Any: in the JSON of the frame; or, where the frame breaks rules and so has none there, in its bytes (`/chat.Poll`) or by its name. */
const HAS_ANY = /"@type"|2f636861742e506f6c6c|^{"name":"any-type-url-/;

type Judged = Pick<Language, 'name' | 'differences' | 'unknownFields' | 'leavesOut'>;

/** A line of the table for each op. */
export function tally(language: Judged, rows: readonly Row[], vectors: readonly Vector[]): Result[] {
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

/** What the protobuf library of the language is known to do with the vector. */
function whyKnown({ op, vector: name }: Row, vector: string, { differences, unknownFields }: Judged): string | undefined {
  if (differences[name] !== undefined) return `${name}: ${differences[name]}`;
  return op === 'reencode' && vector.includes('"$unknown"') ? unknownFields : undefined;
}

/** Why a program need not answer; undefined = it has to. */
function whySkipped({ op }: Row, vector: string, { leavesOut }: Judged): string | undefined {
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

/** A difference that is known and does not show any more has to be taken out of the list. */
function staleDifferences({ name, differences }: Judged, rows: readonly Row[]): Result[] {
  const failed = new Set(rows.filter(({ outcome }) => outcome === 'failed').map(({ vector }) => vector));
  const stale = Object.keys(differences).filter((vector) => !failed.has(vector));
  if (stale.length === 0) return [];
  return [{ subject: name, check: 'known differences', passed: 0, failed: stale.map((vector) => `${vector}: does not differ`) }];
}
