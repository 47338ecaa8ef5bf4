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
      `${atATime} concurrent clients: connect, log in, disconnect, repeat. Latency: from the first packet to the session. The bare servers only accept; the floors answer our clients with bytes that were encoded before: without checks, sessions, timeouts and limits.`,
  },
  reconnect: {
    title: 'Reconnect after a crash',
    unit: 'logins',
    about: ({ connections }) =>
      `${figure(connections)} clients come back at once to a new process, of which nothing is compiled yet. Latency: from the start to the session of each client.`,
  },
  bad: {
    title: 'Bad frames',
    unit: 'frames',
    about: ({ senders, framesEach }) =>
      `${figure(senders)} clients write ${framesEach} frames at once, each of which is refused with an ERROR: an unknown type, the data of another command, or invalid UTF-8.`,
  },
  private: {
    title: 'Private messages, at full load',
    unit: 'messages',
    about: ({ pairs }) =>
      `${pairs} pairs; each sends its next message when the last one is delivered and acknowledged. Latency: from sender to receiver; at full load mostly queueing.`,
  },
  'private-paced': {
    title: 'Private messages, at a fixed rate',
    unit: 'messages',
    about: ({ pairs, perSecond }) =>
      `${pairs} pairs, ${figure(perSecond)} messages per second, sent on schedule. Latency: from sender to receiver.`,
  },
  group: {
    title: 'Fan-out, one message at a time',
    unit: 'deliveries',
    about: ({ members }) =>
      `A member sends a message to a group of ${figure(members)}; the next message follows when all members have received it. Latency: from the sender to each receiver.`,
  },
  'group-burst': {
    title: 'Fan-out, several messages at once',
    unit: 'deliveries',
    about: ({ members, burst }) =>
      `A member writes ${burst} messages to a group of ${figure(members)} at once; the next ${burst} follow when all members have received them. Latency: from the sender to each receiver.`,
  },
};

/** What else is said about a scenario. */
const EXTRAS = { login: phases, reconnect: peaks };

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
    ...('observed' in results ? [observed(results.observed, settings.observed)] : []),
    ...sections.flatMap((scenario) => [
      section(scenario, results[scenario], settings[scenario]),
      ...(EXTRAS[scenario]?.(results[scenario]) ?? []),
    ]),
    contenders(versions),
    '',
  ].join('\n\n');
}

function method(rounds, idleRounds) {
  return `Server and clients are separate processes on loopback, restarted for each measurement. ${rounds} rounds (${idleRounds} of connections
held), with a new random order of the contenders per round. Figures are medians over the rounds, with quartiles in brackets.
All contenders use the same raw socket clients, which split frames and count them; before the measurement, one client of each kind compares the
received data with the sent data. *Server CPU* is the processor time of the server process per unit, including the kernel. It is the best measure on a
machine that is shared with the clients. *Times* compares ${CONTENDERS[OURS].title} with this contender, in units per second and in units per
processor time of the server: above 1, @im/protocol does more.`;
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
    'Idle connections, authenticated (the bare ones: open); per connection, after a garbage collection. Heap and buffers as counted by V8; resident memory as counted by the system, including memory that V8 has not returned.',
    table(head, inOrder(results, rows)),
  ].join('\n\n');
}

function section(scenario, results, settings) {
  const { title, unit, about } = SECTIONS[scenario];
  const head = [
    'contender',
    `${unit} per second`,
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
    ...['p50', 'p99', 'p999', 'clientUs'].map((kind) => (rounds[0][kind] === undefined ? '–' : spread(over(rounds, kind)))),
  ]);
  return [`## ${title}`, about(settings), table(head, inOrder(results, rows))].join('\n\n');
}

/** What a login costs the server besides its transport, and how much of it is ours. */
function phases(results) {
  const rows = [
    ['WebSocket', 'bare-ws', 'floor-ws', 'im-ws'],
    ['TCP', 'bare-tcp', 'floor-tcp', 'im-tcp'],
  ].flatMap(([title, bare, floor, ours]) => {
    const answer = beyond(results[floor], results[bare], 'serverUs');
    const own = beyond(results[ours], results[floor], 'serverUs');
    if (answer === undefined || own === undefined) return [];
    return [[title, spread(over(results[bare], 'serverUs')), spread(answer), spread(own)]];
  });
  if (rows.length === 0) return [];
  const head = ['server CPU, µs', 'the transport: accept, close', 'the smallest answer', 'all that @im/protocol does besides'];
  return [table(head, rows)];
}

function peaks(results) {
  const rows = Object.entries(results).map(([key, rounds]) => [
    CONTENDERS[key].title,
    spread(over(rounds, 'seconds')),
    spread(
      over(
        rounds.map(({ peak }) => ({ peak: peak / 1_000_000 })),
        'peak',
      ),
    ),
  ]);
  return [
    table(['server', 'until all are logged in, s', 'peak of resident memory beyond the start, MB'], inOrder(results, rows)),
  ];
}

function observed(results, { pairs }) {
  const head = ['server', 'not observed: server CPU, µs', 'observed', 'times'];
  const rows = Object.entries(results).map(([key, rounds]) => [
    CONTENDERS[key].title,
    ...['off', 'on', 'ratio'].map((kind) => spread(over(rounds, kind))),
  ]);
  return [
    '## Observation',
    `${pairs} pairs send private messages at full load, while OpenTelemetry is subscribed and not subscribed in turn, in the same process. *Spans* are those of each LOGIN and of one request in a hundred. *Times* is the median of the ratios of neighbouring windows.`,
    table(head, inOrder(results, rows)),
  ].join('\n\n');
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
