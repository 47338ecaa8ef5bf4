// What the connection layer has to show, beside what was measured.
import { figure, times } from '../../report/numbers.mjs';
import { CONTENDERS } from '../contenders.mjs';
import { beyond, over, ratios } from './compare.mjs';

const CONNECTIONS = 10_000;
/** Beyond what the bare transport costs. */
const BYTES_A_CONNECTION = 12_000;
const OURS = 'im-ws';
/** Minimum ratios: deliveries per second, and deliveries per unit of server CPU time. */
const FAN_OUT = [
  { scenario: 'group', peer: 'ws-json-once', goal: 1.2 },
  { scenario: 'group', peer: 'ws-json-each', goal: 1.8 },
  { scenario: 'group-burst', peer: 'ws-json-once', goal: 3 },
  { scenario: 'group-burst', peer: 'ws-json-each', goal: 3 },
];
const MEMORY = { own: 'heap and buffers', rss: 'resident' };

/** @returns lines { met, goal, got, what } */
export function targets(results) {
  return [...heldTargets(results), ...FAN_OUT.flatMap((target) => fanOutTargets(results, target))];
}

/** The lines as text. */
export function targetsText(lines) {
  const cells = lines.map(({ met, goal, got, what }) => [met ? 'met' : 'MISSED', goal, got, what]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
}

function heldTargets({ idle = {} }) {
  const ours = Object.keys(idle).filter((key) => key.startsWith('im-'));
  return ours.flatMap((key) => {
    const { title, bare } = CONTENDERS[key];
    const held = Math.min(...idle[key].map((result) => result.held));
    const memory = Object.entries(MEMORY).flatMap(([kind, name]) => {
      const bytes = beyond(idle[key], idle[bare], kind);
      if (bytes === undefined) return [];
      return {
        met: bytes.median <= BYTES_A_CONNECTION,
        goal: `<= ${figure(BYTES_A_CONNECTION)} B`,
        got: `${figure(bytes.median)} B`,
        what: `${name} of a connection, ${title}, beyond ${CONTENDERS[bare].title}`,
      };
    });
    const all = {
      met: held >= CONNECTIONS,
      goal: `>= ${figure(CONNECTIONS)}`,
      got: figure(held),
      what: `connections held, ${title}`,
    };
    return [all, ...memory];
  });
}

function fanOutTargets(results, { scenario, peer, goal }) {
  const { [OURS]: ours, [peer]: theirs } = results[scenario] ?? {};
  const rate = ratios(ours, theirs, 'perSecond');
  const cost = ratios(theirs, ours, 'serverUs');
  if (rate === undefined) return [];
  const what = `${scenario}, ${CONTENDERS[OURS].title} to ${CONTENDERS[peer].title}`;
  const figures = (kind) => `${figure(over(ours, kind).median)}, ${figure(over(theirs, kind).median)}`;
  return [
    line(rate.median, goal, `${what}: deliveries a second (${figures('perSecond')})`),
    line(cost.median, goal, `${what}: deliveries for the server's processor time (${figures('serverUs')} us each)`),
  ];
}

function line(ratio, goal, what) {
  return { met: ratio >= goal, goal: `>= ${times(goal)}`, got: times(ratio), what };
}
