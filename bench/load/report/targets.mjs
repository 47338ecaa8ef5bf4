// What the connection layer has to show, beside what was measured.
import { figure, times } from '../../report/numbers.mjs';
import { CONTENDERS } from '../contenders.mjs';
import { beyond, over, ratios } from './compare.mjs';

const CONNECTIONS = 10_000;
/** Of one idle connection, beyond bare ws. */
const BYTES_A_CONNECTION = 2_600;
/** What costs at most this much more than the smallest program that does the same is as fast as can be. */
const FLOOR = 1.1;

/** Server CPU: how much more work we do in the same time as a peer, at least. */
const CPU = [
  { scenario: 'login', ours: 'im-ws', peer: 'ws-json-once', floor: 'floor-ws', goal: 0.8 },
  { scenario: 'login', ours: 'im-tcp', peer: 'ws-json-once', floor: 'floor-tcp', goal: 1.1 },
  { scenario: 'reconnect', ours: 'im-ws', peer: 'ws-json-once', floor: 'floor-ws', goal: 0.8 },
  { scenario: 'reconnect', ours: 'im-tcp', peer: 'ws-json-once', floor: 'floor-tcp', goal: 1.1 },
  { scenario: 'private-paced', ours: 'im-ws', peer: 'ws-json-once', goal: 1 },
  { scenario: 'group', ours: 'im-ws', peer: 'ws-json-once', floor: 'floor-ws', goal: 1.1 },
  { scenario: 'group', ours: 'im-ws', peer: 'ws-json-each', floor: 'floor-ws', goal: 1.5 },
  { scenario: 'group-burst', ours: 'im-ws', peer: 'ws-json-once', goal: 3 },
  { scenario: 'group-burst', ours: 'im-ws', peer: 'ws-json-each', goal: 3 },
];

/** Server CPU of a bad frame, in microseconds, by the major version of Node. */
const BAD_FRAME_US = { 20: 9, 22: 9, 24: 6 };
const NEWEST_BAD_FRAME_US = 6;

/**
 * @param node the version that was measured, as `process.version`.
 * @returns lines { state, goal, got, what }: MISSED unless met or at the floor.
 */
export function targets(results, node) {
  return [
    ...CPU.flatMap((target) => cpuTarget(results, target)),
    ...pacedTargets(results['private-paced']),
    ...heldTargets(results.idle),
    ...badTargets(results.bad, node),
  ];
}

/** The lines as text. */
export function targetsText(lines) {
  const cells = lines.map(({ state, goal, got, what }) => [state, goal, got, what]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column].length)));
  return cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
}

function cpuTarget(results, { scenario, ours, peer, floor, goal }) {
  const of = results[scenario] ?? {};
  const ratio = ratios(of[peer], of[ours], 'serverUs');
  if (ratio === undefined) return [];
  const us = (key) => `${figure(over(of[key], 'serverUs').median)} us`;
  const beyondFloor = ratios(of[ours], of[floor], 'serverUs');
  const isAtFloor = beyondFloor !== undefined && beyondFloor.median <= FLOOR;
  const floorText =
    beyondFloor === undefined ? '' : `; floor ${us(floor)}, ${times(ratios(of[peer], of[floor], 'serverUs').median)}`;
  return {
    state: ratio.median >= goal ? 'met' : isAtFloor ? 'FLOOR' : 'MISSED',
    goal: `>= ${times(goal)}`,
    got: times(ratio.median),
    what: `${scenario}, server CPU, ${CONTENDERS[ours].title} (${us(ours)}) to ${CONTENDERS[peer].title} (${us(peer)})${floorText}`,
  };
}

function pacedTargets({ 'im-ws': ours, 'ws-json-once': theirs } = {}) {
  const ratio = ratios(ours, theirs, 'p99');
  if (ratio === undefined) return [];
  const ms = (rounds) => `${figure(over(rounds, 'p99').median)} ms`;
  const line = {
    state: ratio.median <= 1 ? 'met' : 'MISSED',
    goal: `<= ${times(1)}`,
    got: times(ratio.median),
    what: `private-paced, p99, ${CONTENDERS['im-ws'].title} (${ms(ours)}) to ${CONTENDERS['ws-json-once'].title} (${ms(theirs)})`,
  };
  return [line];
}

function heldTargets(idle = {}) {
  return Object.keys(idle)
    .filter((key) => key.startsWith('im-'))
    .flatMap((key) => {
      const { title, bare } = CONTENDERS[key];
      const held = Math.min(...idle[key].map((result) => result.held));
      const all = {
        state: held >= CONNECTIONS ? 'met' : 'MISSED',
        goal: `>= ${figure(CONNECTIONS)}`,
        got: figure(held),
        what: `connections held, ${title}`,
      };
      const bytes = beyond(idle[key], idle[bare], 'own');
      if (bytes === undefined) return all;
      const memory = {
        state: bytes.median <= BYTES_A_CONNECTION ? 'met' : 'MISSED',
        goal: `<= ${figure(BYTES_A_CONNECTION)} B`,
        got: `${figure(bytes.median)} B`,
        what: `heap and buffers of a connection, ${title}, beyond ${CONTENDERS[bare].title}`,
      };
      return [all, memory];
    });
}

function badTargets(bad = {}, node) {
  const goal = BAD_FRAME_US[Number.parseInt(node.slice(1), 10)] ?? NEWEST_BAD_FRAME_US;
  return Object.entries(bad).map(([key, rounds]) => {
    const { median } = over(rounds, 'serverUs');
    return {
      state: median <= goal ? 'met' : 'MISSED',
      goal: `<= ${goal} us`,
      got: `${figure(median)} us`,
      what: `server CPU of a bad frame, ${CONTENDERS[key].title}`,
    };
  });
}
