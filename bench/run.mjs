// `npm run bench`: see `npm run bench -- --help`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeBinaries } from './prepare/node-binaries.mjs';
import { BENCH, CACHE, ROOT } from './prepare/paths.mjs';
import { prepare } from './prepare/prepare.mjs';
import { chart } from './report/chart.mjs';
import { machine } from './report/machine.mjs';
import { markdown } from './report/markdown.mjs';
import { targets, targetsText } from './report/targets.mjs';
import { runSuites } from './run-suites.mjs';

const HELP = `npm run bench                   measures everything; writes bench/results.md and bench/results.svg
npm run bench -- --quick        a few short slices: all contenders agree, and the report can be made; writes neither
npm run bench -- --targets      prints the targets too, for Node 20, 22 and 24: met, MISSED, or floor, which is as fast as the smallest program
                                that does the same work with nothing of ours; exit code 1 if one is missed
npm run bench -- --targets --last   the same for the last measurement
  --nodes 20,22,24              under these versions of Node, fetched from npm
  --node PATH                   under this Node
  --slices N, --slice-ms N      rounds, and the length of a slice
  --clock cpu                   counts the time of the process, not the time that passes: for a machine that is busy
The following measure a part or something else, and leave bench/results.md alone:
  --suites a,b                  only these of codecs, allocation, frames, growth, legacy
  --messages a,b                only these (keys in messages.mjs)
  --contenders a,b              only these (files in contenders/)
  --flavour web                 the build for browsers
  --dist PATH                   another build than dist/`;

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean' },
    quick: { type: 'boolean', default: false },
    targets: { type: 'boolean', default: false },
    last: { type: 'boolean', default: false },
    nodes: { type: 'string' },
    node: { type: 'string' },
    slices: { type: 'string' },
    'slice-ms': { type: 'string' },
    clock: { type: 'string', default: 'wall' },
    suites: { type: 'string' },
    messages: { type: 'string' },
    contenders: { type: 'string' },
    flavour: { type: 'string', default: 'node' },
    dist: { type: 'string' },
  },
});

const isPart = [
  options.quick,
  options.suites,
  options.messages,
  options.contenders,
  options.dist,
  options.flavour !== 'node',
].some(Boolean);
const measured = join(CACHE, isPart ? 'part' : 'whole');

if (options.help) console.log(HELP);
else await main();

async function main() {
  const data = options.last ? JSON.parse(readFileSync(last(), 'utf8')) : await measureAll();
  if (options.targets) printTargets(data);
}

async function measureAll() {
  const dist = resolve(options.dist ?? join(ROOT, 'dist'));
  await prepare(dist);
  const settings = settingsOf(options);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const data = { machine: machine(), settings: { ...settings, library: version }, runs: [] };
  for (const node of nodes()) {
    data.runs.push(runSuites(node, join(dist, options.flavour), settings));
    // After each version: a run over three of them takes more than ten minutes, and may be ended early.
    writeFileSync(`${measured}.json`, JSON.stringify(data));
    write(isPart ? measured : join(BENCH, 'results'), data);
  }
  return data;
}

function settingsOf({ quick, slices, 'slice-ms': sliceMs, clock, suites, messages, contenders }) {
  return {
    slices: Number(slices ?? (quick ? 3 : 21)),
    sliceMs: Number(sliceMs ?? (quick ? 0.5 : 15)),
    clock,
    share: quick ? 1 / 16 : 1,
    onlyFirstAlone: quick,
    suites: suites?.split(','),
    messages: messages?.split(','),
    contenders: contenders?.split(','),
  };
}

function nodes() {
  // The goals are those of these versions.
  const versions = options.nodes ?? (options.targets && options.node === undefined ? '20,22,24' : undefined);
  if (versions !== undefined) return nodeBinaries(versions);
  return [options.node === undefined ? process.execPath : resolve(options.node)];
}

function write(path, data) {
  writeFileSync(`${path}.md`, markdown(data));
  writeFileSync(`${path}.svg`, chart(data));
  console.error(`Wrote ${path}.md and ${path}.svg`);
}

function printTargets({ runs }) {
  console.log(targetsText(runs));
  if (runs.some((run) => targets(run).some(({ state }) => state === 'MISSED'))) process.exitCode = 1;
}

function last() {
  if (!existsSync(`${measured}.json`)) throw new Error('nothing has been measured yet: run without --last');
  return `${measured}.json`;
}
