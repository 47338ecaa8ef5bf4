// Compares the verdicts of protovalidate with ours.
import type { DescMessage } from '@bufbuild/protobuf';
import { MAX_ISSUES } from '../../../src/wire/issues.js';
import type { Settings } from '../../protoc-gen-im-protocol/settings.js';
import type { Result } from '../../report.js';
import type { Answer, Case } from './case.js';
import type { Checker } from './checkers.js';
import type { Verdict } from './codecs.js';
import { DIFFERENCES, PARTIAL, PARTIAL_TEXT, type Place, parentOf } from './differences.js';
import { messageAt, pathText } from './paths.js';

export interface Expectation {
  readonly paths: ReadonlySet<string>;
  /** Names of the differences that change the paths. */
  readonly differences: ReadonlySet<string>;
  /** Protovalidate may report more. */
  readonly isPartial: boolean;
}

/** What protovalidate is to report for a verdict of ours. */
export function expectationOf({ issues, isPartial }: Verdict, desc: DescMessage, settings: Settings): Expectation {
  const paths = new Set<string>();
  const differences = new Set<string>();
  for (const issue of issues) {
    const place: Place = { message: messageAt(parentOf(issue.path), desc), settings };
    const difference = DIFFERENCES.find((one) => one.covers(issue, place));
    const path = difference === undefined ? issue.path : difference.path(issue);
    if (difference !== undefined) differences.add(difference.name);
    if (path !== undefined) paths.add(path);
  }
  if (isPartial) differences.add(PARTIAL);
  return { paths, differences, isPartial: isPartial || issues.length >= MAX_ISSUES };
}

/** @returns what differs; undefined = the same. */
export function differenceOf(answer: Answer, expected: Expectation, desc: DescMessage, settings: Settings): string | undefined {
  if ('error' in answer) return answer.error;
  const got = new Set(answer.map((steps) => pathText(steps, desc, settings)));
  const missing = [...expected.paths].filter((path) => !got.has(path));
  const extra = expected.isPartial ? [] : [...got].filter((path) => !expected.paths.has(path));
  if (missing.length + extra.length === 0) return undefined;
  return [...missing.map((path) => `not reported: ${shown(path)}`), ...extra.map((path) => `not expected: ${shown(path)}`)].join(
    '; ',
  );
}

function shown(path: string): string {
  return path === '' ? '(the message)' : JSON.stringify(path);
}

export interface Judged {
  readonly case: Case;
  readonly desc: DescMessage;
  readonly expected: Expectation;
}

/** @param answers one for each case. */
export function tallyAnswers(
  { name: subject, unreadable, faults }: Checker,
  judged: readonly Judged[],
  answers: readonly Answer[],
  settings: Settings,
): Result {
  const failed: string[] = [];
  const known: string[] = [];
  let accepted = 0;
  if (answers.length !== judged.length) failed.push(`${answers.length} answers to ${judged.length} messages`);
  for (const [i, answer] of answers.entries()) {
    const { case: tested, desc, expected } = judged[i];
    if (expected.paths.size === 0) accepted++;
    const reason = unreadable[tested.name];
    const text = differenceOf(answer, expected, desc, settings);
    if (reason !== undefined && 'error' in answer) known.push(`${tested.name}: ${reason}`);
    else if (reason !== undefined) failed.push(`${tested.name}: is decoded, so that it must be removed from the list`);
    else if (text !== undefined) {
      const fault = faults.find((one) => one.covers(tested.type, text));
      if (fault !== undefined) known.push(`${fault.name}: ${fault.text}`);
      else failed.push(`${tested.name}: ${tested.type} ${hexOf(tested.bytes)}: ${text}`);
    }
  }
  for (const { name, text } of faults) if (!known.includes(`${name}: ${text}`)) failed.push(`${name}: shows in no message`);
  const names = new Set(judged.map(({ case: { name } }) => name));
  for (const name of Object.keys(unreadable)) if (!names.has(name)) failed.push(`${name}: listed, but not a vector`);
  const note = `${accepted} valid, ${judged.length - accepted} not`;
  const check = 'vectors, random messages: protovalidate';
  return { subject, check, passed: judged.length - failed.length - known.length, failed, known, note };
}

/** The first bytes, with which a failure can be repeated. */
function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 200)).toString('hex');
}

/** A row for the differences that show in the cases, and a failure for each that does not. */
export function differencesRow(judged: readonly Judged[]): Result {
  const texts = new Map<string, string>([
    ...DIFFERENCES.map(({ name, text }): [string, string] => [name, text]),
    [PARTIAL, PARTIAL_TEXT],
  ]);
  const counts = new Map<string, number>();
  for (const { expected } of judged) for (const name of expected.differences) counts.set(name, (counts.get(name) ?? 0) + 1);
  return {
    subject: 'protovalidate',
    check: 'listed differences',
    passed: counts.size,
    failed: [...texts.keys()].filter((name) => !counts.has(name)).map((name) => `${name}: shows in no message`),
    known: [...counts].map(([name, count]) => `${name}, in ${count} messages: ${texts.get(name)}`),
  };
}
