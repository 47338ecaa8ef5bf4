// All measurements under one Node, each suite in its own process.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { CONTENDERS } from './contenders/index.mjs';
import { versionOf } from './prepare/node-binaries.mjs';
import { packageVersions } from './prepare/package-versions.mjs';
import { BENCH } from './prepare/paths.mjs';
import { SPLITTERS } from './splitters/index.mjs';

/** Flags of Node for the process in which nothing may be collected while it counts. */
const LARGE_NURSERY = ['--min-semi-space-size=128', '--max-semi-space-size=128'];

/** What can be left out. */
const SUITES = ['codecs', 'allocation', 'frames', 'growth', 'legacy'];
const NOTHING = { together: {}, alone: {} };

/**
 * @param node path of the Node that runs them.
 * @param dist folder of the build to measure, one flavour of it.
 * @param settings { slices, sliceMs, clock, share, onlyFirstAlone, suites, messages, contenders }: share of the streams
 * and onlyFirstAlone make it quicker; the last three measure a part.
 */
export function runSuites(node, dist, settings) {
  const version = versionOf(node);
  const { contenders = CONTENDERS, suites = SUITES, onlyFirstAlone, ...common } = settings;
  const run = (suite, only, flags = []) => {
    console.error(`Node ${version}: ${suite}${only.length === 1 ? `, ${only[0]} alone` : ''}`);
    const options = {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, BENCH_DIST: dist },
      maxBuffer: 2 ** 26,
    };
    const task = JSON.stringify({ suite, only, ...common });
    return JSON.parse(execFileSync(node, ['--no-deprecation', ...flags, join(BENCH, 'worker.mjs'), task], options));
  };
  const together = (suite, all) => run(suite, all);
  const alone = (suite, all, flags) =>
    (onlyFirstAlone ? all.slice(0, 1) : all).map((one) => run(suite, [one], flags)).reduce(merged);
  const both = (suite, all) => ({ together: together(suite, all), alone: alone(suite, all) });
  const isWanted = (suite) => suites.includes(suite);
  return {
    node: version,
    about: together('about', contenders).map(withVersions),
    splitters: together('splitters', SPLITTERS).map(withVersions),
    comparisons: together('agreement', contenders),
    wire: together('wire', contenders),
    codecs: isWanted('codecs') ? both('codecs', contenders) : NOTHING,
    allocation: isWanted('allocation') ? alone('allocation', contenders, LARGE_NURSERY) : {},
    frames: isWanted('frames') ? both('frames', SPLITTERS) : NOTHING,
    growth: isWanted('growth') ? together('growth', []) : {},
    legacy: isWanted('legacy') ? together('legacy', []) : {},
  };
}

function withVersions({ packages = [], ...about }) {
  return { ...about, packages: packageVersions(packages) };
}

/** Two tables as one: properties of properties. */
function merged(a, b) {
  const all = { ...a };
  for (const [key, value] of Object.entries(b)) all[key] = key in a && typeof value === 'object' ? merged(a[key], value) : value;
  return all;
}
