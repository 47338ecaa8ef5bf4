// What the library has to show, beside what was measured.
import { MESSAGES } from '../messages.mjs';
import { againstBest, FLOOR, OURS } from './best-peer.mjs';
import { goalOf, OPERATIONS } from './goals.mjs';
import { figure, megabytesPerSecond, times } from './numbers.mjs';

/** A line that misses its goal counts as done if it is within this share of its floor. */
const OF_FLOOR = 1.1;
const SPLIT_MEGABYTES = 3000;
const SPLIT_CALLBACK = 5;
const SPLIT_VIEWS = 2;
/**
 * Cost per byte at the largest size, as a multiple of the lowest at a smaller one: what still counts as flat. What no longer fits into the
 * caches costs more; were anything quadratic, each step would cost ten times as much.
 */
const FLAT = 2;

/**
 * All targets under one Node.
 * @returns lines { what, state, text }: state is `met`, `floor` (as fast as what does the work with nothing of ours) or `MISSED`.
 */
export function targets(run) {
  return [...codecTargets(run), ...frameTargets(run), ...growthTargets(run)].map(({ met, state, goal, together, what }) => ({
    what,
    state: state ?? (met ? 'met' : 'MISSED'),
    text: `${together} (${goal})`,
  }));
}

/** A line for each target, a column for each Node. */
export function targetsText(runs) {
  const all = runs.map((run) => new Map(targets(run).map((line) => [line.what, line])));
  const names = [...new Set(all.flatMap((lines) => [...lines.keys()]))];
  const cell = (line) => (line === undefined ? '-' : `${line.state} ${line.text}`);
  const rows = [
    ['', ...runs.map(({ node }) => `Node ${node}`)],
    ...names.map((name) => [name, ...all.map((lines) => cell(lines.get(name)))]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((each, i) => each.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function codecTargets({ node, codecs: { together } }) {
  return OPERATIONS.flatMap((operation) =>
    Object.entries(MESSAGES).flatMap(([message, { title }]) => {
      const results = together[message]?.[operation];
      const both = againstBest(results);
      if (both === undefined) return [];
      const goal = goalOf(operation, message, node);
      const met = both.ratio >= goal;
      const floor = results[FLOOR]?.median;
      const floorText = floor === undefined ? '' : `, floor ${figure(floor)} ns`;
      return {
        state: met ? 'met' : floor !== undefined && both.ours <= floor * OF_FLOOR ? 'floor' : 'MISSED',
        goal: `>= ${times(goal)}: ${figure(both.ours)} ns, ${both.peer} ${figure(both.best)} ns${floorText}`,
        together: times(both.ratio),
        what: `${operation}, ${title}`,
      };
    }),
  );
}

function frameTargets({ frames: { together } }) {
  const stream = 'small-kib';
  if (together[stream] === undefined) return [];
  const ratio = (name, goal, what) => {
    const both = againstBest(together[stream], name);
    return {
      met: both.ratio >= goal,
      goal: `>= ${times(goal)}`,
      together: times(both.ratio),
      what,
    };
  };
  const [callback, views] = [`${OURS}, callback`, `${OURS}, a view per frame`];
  const rate = megabytesPerSecond(together[stream][callback].median);
  return [
    {
      met: rate >= SPLIT_MEGABYTES,
      goal: `>= ${figure(SPLIT_MEGABYTES)} MB/s`,
      together: figure(rate),
      what: 'split, small frames, chunks of 1-64 KiB',
    },
    ratio(callback, SPLIT_CALLBACK, 'split, callback form'),
    ratio(views, SPLIT_VIEWS, 'split, a view per frame'),
  ];
}

function growthTargets({ growth }) {
  return Object.entries(growth).map(([series, costs]) => {
    const all = Object.values(costs).map(({ median }) => median);
    const growth = all.at(-1) / Math.min(...all.slice(0, -1));
    return {
      met: growth <= FLAT,
      goal: `<= ${times(FLAT)}`,
      together: times(growth),
      what: `growth of the cost per byte: ${series}`,
    };
  });
}
