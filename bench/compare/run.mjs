// `npm run bench:compare`: see `npm run bench:compare -- --help`.
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { quartiles } from '../measure.mjs';
import { MESSAGES } from '../messages.mjs';
import { nodeBinaries, versionOf } from '../prepare/node-binaries.mjs';
import { ROOT } from '../prepare/paths.mjs';
import { prepareLibrary } from '../prepare/prepare.mjs';
import { machine } from '../report/machine.mjs';
import { figure } from '../report/numbers.mjs';
import { table } from '../report/table.mjs';
import { buildOf, lastRelease } from './builds.mjs';

const HELP = `npm run bench:compare -- COMMIT   builds the commit, and compares the speed of its codecs with those of the working tree;
                                  exit code 1 if a line is more than 5 % slower. Without COMMIT: the last release
  --quick                         a few short slices; exit code 0 however slow it is
  --nodes 20,22,24                under these versions of Node, fetched from npm
  --messages a,b                  only these (keys in messages.mjs)
  --operations a,b                only these of encode, frame, framed, decode, checked, unchecked, stream
  --slices N, --slice-ms N        rounds in a process, and the length of a slice
  --processes N                   processes, each of which loads both builds
  --clock wall                    counts the time that passes, not the time of the process
  --dist PATH                     another build than that of the working tree: a folder like dist/node`;

/** What each operation is called in the report. */
const OPERATIONS = {
  encode: 'encode',
  frame: 'encodeFrame',
  framed: 'FrameEncoder',
  decode: 'decode',
  checked: 'decodeFrame',
  unchecked: 'decodeFrame without validation',
  stream: 'FrameDecoder',
};
/** The slowest that counts as no loss, as a multiple of the speed before. */
const NO_LOSS = 0.95;
const [BEFORE, NOW] = ['before', 'now'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    quick: { type: 'boolean', default: false },
    nodes: { type: 'string' },
    messages: { type: 'string' },
    operations: { type: 'string' },
    slices: { type: 'string' },
    'slice-ms': { type: 'string' },
    processes: { type: 'string' },
    clock: { type: 'string', default: 'cpu' },
    dist: { type: 'string' },
  },
});

if (options.help) console.log(HELP);
else main();

function main() {
  const [commit] = positionals;
  const before = commit === undefined ? lastRelease() : buildOf(commit);
  if (options.dist === undefined) prepareLibrary();
  const dist = resolve(options.dist ?? join(ROOT, 'dist/node'));
  const nodes = options.nodes === undefined ? [process.execPath] : nodeBinaries(options.nodes);
  console.log(
    `${machine()}. Before: ${before.name}. Ratios above 1 are faster than before; in brackets, the quartiles of the rounds.`,
  );
  let isSlower = false;
  for (const node of nodes) {
    const lines = linesOf(samplesUnder(node, before.dist, dist));
    console.log(`\n## Node ${versionOf(node)}\n\n${report(lines)}`);
    isSlower ||= lines.some(({ verdict }) => verdict === 'SLOWER');
  }
  if (isSlower && !options.quick) process.exitCode = 1;
}

/** { message: { operation: { before, now } } }: the samples of all processes, round by round. */
function samplesUnder(node, before, now) {
  const { quick, clock, messages, operations } = options;
  const settings = {
    slices: Number(options.slices ?? (quick ? 5 : 15)),
    sliceMs: Number(options['slice-ms'] ?? (quick ? 2 : 8)),
    clock,
    messages: messages?.split(','),
    operations: operations?.split(','),
  };
  const dists = [
    { name: BEFORE, dist: before },
    { name: NOW, dist: now },
  ];
  const all = {};
  for (let i = 0; i < Number(options.processes ?? (quick ? 1 : 4)); i++) {
    // They take turns in being loaded first.
    const task = JSON.stringify({ ...settings, dists: i % 2 === 0 ? dists : dists.toReversed() });
    const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));
    const output = execFileSync(node, ['--no-deprecation', worker, task], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 2 ** 28,
    });
    for (const [message, operation, build, samples] of JSON.parse(output)) {
      all[message] ??= {};
      all[message][operation] ??= { [BEFORE]: [], [NOW]: [] };
      all[message][operation][build].push(...samples);
    }
  }
  return all;
}

/** A line for each message and operation. Ratios are those of the same round, which noise of the machine affects alike. */
function linesOf(all) {
  return Object.entries(all).flatMap(([message, operations]) =>
    Object.entries(operations).map(([operation, { [BEFORE]: before, [NOW]: now }]) => {
      const ratio = quartiles(before.map((nanoseconds, round) => nanoseconds / now[round]));
      const verdict = ratio.median < NO_LOSS ? (ratio.q3 < 1 ? 'SLOWER' : 'slower?') : ratio.q1 > 1 / NO_LOSS ? 'faster' : '';
      return { message, operation, before: quartiles(before).median, now: quartiles(now).median, ratio, verdict };
    }),
  );
}

function report(lines) {
  const rows = lines.map(({ message, operation, before, now, ratio, verdict }) => [
    `${MESSAGES[message].title}: ${OPERATIONS[operation]}`,
    figure(before),
    figure(now),
    `${ratio.median.toFixed(2)} (${ratio.q1.toFixed(2)}–${ratio.q3.toFixed(2)})`,
    verdict,
  ]);
  return table(['ns', 'before', 'now', 'ratio', ''], rows);
}
