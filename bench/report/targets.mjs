// What the library has to show, beside what was measured.
import { MESSAGES } from '../messages.mjs';
import { againstBest, OURS } from './best-peer.mjs';
import { figure, megabytesPerSecond, times } from './numbers.mjs';

/** Minimum speed as a multiple of the best peer; 1 where nothing is listed. */
const AT_LEAST = {
  encode: { heartbeat: 3, 'chat-ascii': 3, 'chat-chinese': 3, 'send-result': 3, 'receive-500': 2, '4k-ascii': 2 },
  framed: { heartbeat: 10, 'chat-ascii': 5, 'chat-chinese': 5, 'send-result': 5, '4k-ascii': 8, 'topic-16k': 8 },
  decode: { heartbeat: 2, 'chat-ascii': 2, 'chat-chinese': 2, 'send-result': 2, '4k-chinese': 2, 'receive-500': 1.7 },
};
/** The checks cost at most this share of the decode. */
const CHECKS = 0.15;
const CHECKS_EXCEPT = ['topic-16k'];
const SPLIT_MEGABYTES = 3000;
const SPLIT_CALLBACK = 5;
const SPLIT_VIEWS = 2;
/**
 * Cost per byte at the largest size, as a multiple of the lowest at a smaller one: what still counts as flat. What no longer fits into the
 * caches costs more; were anything quadratic, each step would cost ten times as much.
 */
const FLAT = 2;

/** @returns lines { met, goal, together, alone, what }. */
export function targets(run) {
  return [...codecTargets(run), ...checkTargets(run), ...frameTargets(run), ...growthTargets(run)];
}

/** The lines as text. */
export function targetsText(lines) {
  const cells = lines.map(({ met, goal, together, alone, what }) => [
    met ? 'met' : 'MISSED',
    goal,
    together,
    `alone ${alone}`,
    what,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
}

function codecTargets({ codecs: { together, alone } }) {
  return Object.entries(AT_LEAST).flatMap(([operation, goals]) =>
    Object.entries(MESSAGES).flatMap(([message, { title }]) => {
      const both = againstBest(together[message]?.[operation]);
      if (both === undefined) return [];
      const goal = goals[message] ?? 1;
      return {
        met: both.ratio >= goal,
        goal: `>= ${times(goal)}`,
        together: times(both.ratio),
        alone: ratioAlone(alone[message]?.[operation]),
        what: `${operation}, ${title}: ${figure(both.ours)} ns, ${both.peer} ${figure(both.best)} ns`,
      };
    }),
  );
}

function checkTargets({ codecs: { together, alone } }) {
  const share = (results) => results.checked[OURS].median / results.unchecked[OURS].median - 1;
  const percent = (value) => `${(value * 100).toFixed(0)} %`;
  const messages = Object.entries(MESSAGES).filter(
    ([key]) => !CHECKS_EXCEPT.includes(key) && together[key]?.checked?.[OURS] !== undefined,
  );
  return messages.map(([key, { title }]) => ({
    met: share(together[key]) <= CHECKS,
    goal: `<= ${percent(CHECKS)}`,
    together: percent(share(together[key])),
    alone: percent(share(alone[key])),
    what: `checks, of the decode of ${title}`,
  }));
}

function frameTargets({ frames: { together, alone } }) {
  const stream = 'small-kib';
  if (together[stream] === undefined) return [];
  const ratio = (name, goal, what) => {
    const both = againstBest(together[stream], name);
    return {
      met: both.ratio >= goal,
      goal: `>= ${times(goal)}`,
      together: times(both.ratio),
      alone: ratioAlone(alone[stream], name),
      what: `${what}, against ${both.peer}`,
    };
  };
  const [callback, views] = [`${OURS}, callback`, `${OURS}, a view per frame`];
  const rate = megabytesPerSecond(together[stream][callback].median);
  const rateAlone = megabytesPerSecond(alone[stream][callback].median);
  return [
    {
      met: rate >= SPLIT_MEGABYTES,
      goal: `>= ${figure(SPLIT_MEGABYTES)} MB/s`,
      together: figure(rate),
      alone: figure(rateAlone),
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
      alone: '–',
      what: `growth of the cost per byte: ${series}`,
    };
  });
}

function ratioAlone(results, name) {
  const apart = againstBest(results, name);
  return apart === undefined ? '–' : times(apart.ratio);
}
