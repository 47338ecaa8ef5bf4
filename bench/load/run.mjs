// `npm run bench:load`: see `npm run bench:load -- --help`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCH, CACHE, ROOT } from '../prepare/paths.mjs';
import { prepareLoad } from '../prepare/prepare.mjs';
import { machine } from '../report/machine.mjs';
import { CONTENDERS } from './contenders.mjs';
import { checkFileLimit } from './file-limit.mjs';
import { markdown } from './report/markdown.mjs';
import { targets, targetsText } from './report/targets.mjs';
import { runRounds } from './run-rounds.mjs';
import { SCENARIOS, settingsOf } from './scenarios.mjs';
import { versions } from './versions.mjs';

const HELP = `npm run bench:load                measures everything; writes bench/load-results.md
npm run bench:load -- --quick     a short round with few connections: all contenders deliver, and the report can be made; writes nothing
npm run bench:load -- --targets   prints the targets beside the figures too; exit code 1 if one is missed
                                  and costs more than 10 % beyond its floor, the smallest program that does the same
npm run bench:load -- --targets --last   the same for the last measurement
  --rounds N, --idle-rounds N     how often everything is measured
  --milliseconds N                how long each measurement takes
The following measure a part or something else, and leave bench/load-results.md alone:
  --scenarios a,b                 only these of ${Object.keys(SCENARIOS).join(', ')}
  --contenders a,b                only these of ${Object.keys(CONTENDERS).join(', ')}
  --connections N                 number of idle connections
  --members N                     number of receivers of a message
  --dist PATH                     another build than dist/`;

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean' },
    quick: { type: 'boolean', default: false },
    targets: { type: 'boolean', default: false },
    last: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    'idle-rounds': { type: 'string' },
    milliseconds: { type: 'string' },
    scenarios: { type: 'string' },
    contenders: { type: 'string' },
    connections: { type: 'string' },
    members: { type: 'string' },
    dist: { type: 'string' },
  },
});

const isPart = [options.quick, options.scenarios, options.contenders, options.connections, options.members, options.dist].some(
  Boolean,
);
const measured = join(CACHE, isPart ? 'load-part.json' : 'load.json');

if (options.help) console.log(HELP);
else await main();

async function main() {
  const data = options.last ? readLast() : await measureAll();
  if (options.targets) printTargets(data);
}

async function measureAll() {
  const dist = resolve(options.dist ?? join(ROOT, 'dist'));
  prepareLoad(dist);
  process.env.BENCH_DIST = join(dist, 'node');
  const plan = planOf(options);
  checkFileLimit(Math.max(0, ...plan.scenarios.map((scenario) => plan.settings[scenario].connections ?? 0)));
  const results = await runRounds(plan);
  const { version: library } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const about = { machine: machine(), node: process.version, library, versions: versions(plan.contenders) };
  const data = { ...about, ...plan, results };
  writeFileSync(measured, JSON.stringify(data));
  report(markdown(data));
  return data;
}

function planOf({ quick, rounds, 'idle-rounds': idleRounds, scenarios, contenders, connections, members, milliseconds }) {
  return {
    rounds: Number(rounds ?? (quick ? 1 : 5)),
    idleRounds: Number(idleRounds ?? (quick ? 1 : 3)),
    scenarios: listed('scenarios', scenarios, SCENARIOS),
    contenders: listed('contenders', contenders, CONTENDERS),
    settings: settingsOf(quick, {
      connections: numberOrNone(connections),
      members: numberOrNone(members),
      milliseconds: numberOrNone(milliseconds),
    }),
  };
}

function listed(what, given, all) {
  const names = given?.split(',') ?? Object.keys(all);
  const unknown = names.find((name) => !(name in all));
  if (unknown !== undefined) throw new Error(`--${what}: no ${unknown}, there are ${Object.keys(all).join(', ')}`);
  return names;
}

function numberOrNone(text) {
  return text === undefined ? undefined : Number(text);
}

function report(text) {
  if (isPart) return console.log(text);
  const path = join(BENCH, 'load-results.md');
  writeFileSync(path, text);
  console.error(`Wrote ${path}`);
}

function printTargets({ results, node }) {
  const lines = targets(results, node);
  console.log(targetsText(lines));
  if (lines.some(({ state }) => state === 'MISSED')) process.exitCode = 1;
}

function readLast() {
  if (!existsSync(measured)) throw new Error('nothing has been measured yet: run without --last');
  return JSON.parse(readFileSync(measured, 'utf8'));
}
