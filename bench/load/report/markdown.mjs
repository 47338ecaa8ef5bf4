// bench/load-results.md
import { figure, times, spread as withQuartiles } from '../../report/numbers.mjs';
import { table } from '../../report/table.mjs';
import { CONTENDERS } from '../contenders.mjs';
import { beyond, over, ratios } from './compare.mjs';

/** Fewer rounds say little. */
const QUOTABLE_ROUNDS = 3;
const OURS = 'im-ws';

/** By scenario: its title, what is counted, and what happens in it. */
const SECTIONS = {
  login: {
    title: 'Login',
    unit: 'logins',
    about: ({ atATime }) =>
      `${atATime} at a time: connect, log in, leave, and the next one. Latency: from the first packet to the session.`,
  },
  private: {
    title: 'Private messages, as fast as it goes',
    unit: 'messages',
    about: ({ pairs }) =>
      `${pairs} pairs; each sends its next message when the last one is delivered and acknowledged. Latency: from sender to receiver; at full load it is mostly waiting.`,
  },
  'private-paced': {
    title: 'Private messages, at a given rate',
    unit: 'messages',
    about: ({ pairs, perSecond }) =>
      `${pairs} pairs, ${figure(perSecond)} messages a second, which leave when they are due. Latency: from sender to receiver.`,
  },
  group: {
    title: 'Fan-out, one message at a time',
    unit: 'deliveries',
    about: ({ members }) =>
      `A member writes to a group of ${figure(members)}; the next message follows when all have it. Latency: from the sender to each receiver.`,
  },
  'group-burst': {
    title: 'Fan-out, several messages at once',
    unit: 'deliveries',
    about: ({ members, burst }) =>
      `A member writes ${burst} messages to a group of ${figure(members)} in one go; the next ${burst} follow when all have them. Latency: from the sender to each receiver.`,
  },
};

/** The whole report. */
export function markdown({ machine, node, library, versions, settings, rounds, idleRounds, results }) {
  const sections = Object.keys(SECTIONS).filter((scenario) => scenario in results);
  return [
    '# Load',
    'Written by `npm run bench:load`. Do not edit.',
    `Machine: ${machine}. Node ${node}. @im/protocol ${library}.`,
    method(rounds, idleRounds),
    ...(rounds < QUOTABLE_ROUNDS ? ['**A short run: these figures are not to be quoted.**'] : []),
    ...('idle' in results ? [held(results.idle)] : []),
    ...sections.map((scenario) => section(scenario, results[scenario], settings[scenario])),
    contenders(versions),
    '',
  ].join('\n\n');
}

function method(rounds, idleRounds) {
  return `Server and clients are a process each, and speak over loopback; for each measurement both are new. ${rounds} rounds (${idleRounds} of connections
held), in each of which a scenario visits all contenders in an order that is drawn anew. Given are medians over the rounds, in brackets the
quartiles. Clients are the same raw sockets for all, which cut frames and count; before anything is timed, one of each reads what it gets,
and compares it with what was sent. *Server CPU* is the processor time of the server's process per unit, kernel included: what is left once
the clients take part of the machine is told best by it. *Times* is ${CONTENDERS[OURS].title}, to this contender, in units a second and in units for
the server's processor time: above 1, ours does more.`;
}

function held(results) {
  const head = ['contender', 'connections', 'heap and buffers, B', 'beyond bare, B', 'resident, B', 'beyond bare, B'];
  const rows = Object.entries(results).map(([key, rounds]) => {
    const { title, bare } = CONTENDERS[key];
    const memory = ['own', 'rss'].flatMap((kind) => [spread(over(rounds, kind)), spread(beyond(rounds, results[bare], kind))]);
    return [title, figure(Math.min(...rounds.map((round) => round.held))), ...memory];
  });
  return [
    '## Connections held',
    'Logged in (the bare ones: open), and idle; per connection, after a garbage collection. Heap and buffers are what V8 counts; resident is what the system counts, with what V8 has not given back.',
    table(head, inOrder(results, rows)),
  ].join('\n\n');
}

function section(scenario, results, settings) {
  const { title, unit, about } = SECTIONS[scenario];
  const head = [
    'contender',
    `${unit} a second`,
    'times',
    'server CPU, µs',
    'times',
    'p50, ms',
    'p99, ms',
    'p99.9, ms',
    'client CPU, µs',
  ];
  const rows = Object.entries(results).map(([key, rounds]) => [
    CONTENDERS[key].title,
    spread(over(rounds, 'perSecond')),
    ratio(key, ratios(results[OURS], rounds, 'perSecond')),
    spread(over(rounds, 'serverUs')),
    ratio(key, ratios(rounds, results[OURS], 'serverUs')),
    ...['p50', 'p99', 'p999', 'clientUs'].map((kind) => spread(over(rounds, kind))),
  ]);
  return [`## ${title}`, about(settings), table(head, inOrder(results, rows))].join('\n\n');
}

function ratio(key, value) {
  return key === OURS || value === undefined ? '–' : `**${times(value.median)}**`;
}

/** The median, and the quartiles where there are some. */
function spread(value) {
  return value !== undefined && value.q1 === value.q3 ? figure(value.median) : withQuartiles(value);
}

/** The rows in the order of the contenders, and not in that in which they were measured first. */
function inOrder(results, rows) {
  const order = Object.keys(CONTENDERS);
  const keys = Object.keys(results);
  return rows
    .map((row, i) => [order.indexOf(keys[i]), row])
    .sort(([a], [b]) => a - b)
    .map(([, row]) => row);
}

function contenders(versions) {
  const rows = Object.entries(versions).map(([key, packages]) => [CONTENDERS[key].title, packages.join(', ') || '–']);
  return ['## Contenders', table(['server', 'packages'], rows)].join('\n\n');
}
