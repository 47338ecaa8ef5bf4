import { MESSAGES } from '../messages.mjs';
import { STREAMS } from '../suites/frame-tests.mjs';
import { againstBest, FLOOR, OURS } from './best-peer.mjs';
import { figure, megabytesPerSecond, spread, times } from './numbers.mjs';
import { table } from './table.mjs';

const OPERATIONS = { encode: 'encode', decode: 'decode', checked: 'decode + validate', framed: 'framed' };

/** Rounds below which medians say little. */
const QUOTABLE_SLICES = 21;

/** The whole report. */
export function markdown({ runs, machine, settings }) {
  const [first] = runs;
  return [
    '# Benchmarks',
    'Written by `npm run bench`; `bench/results.svg` is drawn from the same run. Do not edit.',
    `Machine: ${machine}. Node ${runs.map(({ node }) => node).join(', ')}. @im/protocol ${settings.library}.`,
    method(settings, first.comparisons),
    ...(settings.slices < QUOTABLE_SLICES ? ['**A short run: these figures are not to be quoted.**'] : []),
    ...runs.map(summary),
    ...runs.map(details),
    contenders(first),
    '',
  ].join('\n\n');
}

function method({ slices, sliceMs, clock }, comparisons) {
  return `Messages have realistic values and 61-bit ids; each test cycles through 16 different messages. Before the measurement, ${comparisons.toLocaleString('en-US')} comparisons
verify that every contender reproduces its input, and that every protobuf reader reads the output of every protobuf writer.
All contenders run in one process; ${slices} rounds of slices of ${sliceMs} ms (${clock} clock) run all tests in a new random order per
round. Then each contender runs alone in a separate process. Figures are medians, with quartiles in brackets. Encode: a new array each
time, without a frame. Framed: 64 messages ready for the socket, by \`FrameEncoder\` (with all checks), or by the peer's encode and a copy
after an 8-byte header. Floor: a program that knows in advance what a message has, and does only that work, with nothing of ours. Decode + validate of @im/protocol: \`decodeFrame\`. Inputs are converted to the form of each contender beforehand.`;
}

function summary(run) {
  const head = ['message', ...Object.values(OPERATIONS).map((title) => `${title}: ours / best peer, ns`)];
  const rows = Object.entries(MESSAGES).map(([message, { title }]) => [
    title,
    ...Object.keys(OPERATIONS).map((operation) => comparison(run.codecs, message, operation)),
  ]);
  return [
    `## Against the best peer, Node ${run.node}`,
    'In brackets: the ratio if each contender runs alone in its process.',
    table(head, rows),
    frames(run),
  ].join('\n\n');
}

function comparison({ together, alone }, message, operation) {
  const both = againstBest(together[message]?.[operation]);
  if (both === undefined) return '–';
  const apart = againstBest(alone[message]?.[operation]);
  return `${figure(both.ours)} / ${figure(both.best)} ${both.peer}: **${times(both.ratio)}** (${apart === undefined ? '–' : times(apart.ratio)})`;
}

function frames({ splitters, frames: { together, alone } }) {
  const head = ['splitting, MB/s', ...Object.values(STREAMS).map(({ title }) => title)];
  const rows = splitters.map(({ name, framing }) => [
    `${name} (${framing})`,
    ...Object.keys(STREAMS).map((stream) => `${rate(together[stream]?.[name])} / alone ${rate(alone[stream]?.[name])}`),
  ]);
  return `${table(head, rows)}\n\nThe same payloads in the framing of each splitter; rates count the bytes of frames of this protocol. A pass is 64 MiB, 8 MiB, 256 KiB and
8 MiB of them; all chunks of a pass are in memory from the start.`;
}

function rate(result) {
  return result === undefined ? '–' : figure(megabytesPerSecond(result.median));
}

function details(run) {
  const messages = Object.entries(MESSAGES).filter(([message]) => message in run.codecs.together);
  return [
    `## Node ${run.node}, message by message`,
    'Nanoseconds per message; bytes.',
    ...messages.map(([key, { title }]) => message(run, key, title)),
    growth(run),
    legacy(run),
  ].join('\n\n');
}

function message({ about, codecs: { together, alone }, wire, allocation }, key, title) {
  const head = [
    title,
    ...Object.values(OPERATIONS).flatMap((operation) => [operation, 'alone']),
    'on the wire',
    'allocated by encode',
    'by decode',
  ];
  const bytes = (value) => (value === undefined ? '–' : figure(Math.max(0, value)));
  const names = about.map(({ name }) => name);
  // Floors are measured beside all others only.
  if (Object.values(together[key]).some((results) => FLOOR in results)) names.push(FLOOR);
  const rows = names.map((name) => [
    name,
    ...Object.keys(OPERATIONS).flatMap((operation) => [
      spread(together[key][operation]?.[name]),
      spread(alone[key]?.[operation]?.[name]),
    ]),
    bytes(wire[name]?.[key]),
    bytes(allocation[key]?.encode?.[name]),
    bytes(allocation[key]?.decode?.[name]),
  ]);
  const unchecked = together[key].unchecked?.[OURS];
  const frame = together[key].frame?.[OURS];
  const note =
    unchecked === undefined
      ? ''
      : `\n\n\`encodeFrame\`: ${spread(frame)}, alone ${spread(alone[key]?.frame?.[OURS])}. \`decodeFrame\` without validation: ${spread(unchecked)}, alone ${spread(alone[key]?.unchecked?.[OURS])}.`;
  return `${table(head, rows)}${note}`;
}

function growth({ growth: all, node }) {
  const head = ['ns per byte on the wire', 'size: cost'];
  const rows = Object.entries(all).map(([series, costs]) => [
    series,
    Object.entries(costs)
      .map(([size, { median }]) => `${Number(size).toLocaleString('en-US')}: ${figure(median)}`)
      .join('; '),
  ]);
  return `### Growth, Node ${node}\n\n${table(head, rows)}`;
}

const LEGACY = {
  JSON: 'JSON.parse + JSON.stringify',
  frame: 'encodeFrame + decodeFrame',
  read: 'decodeLegacy',
  write: 'encodeLegacy',
  both: 'old -> new -> old',
};

/** JSON of older systems. Data of earlier releases has none. */
function legacy({ legacy: all = {}, node }) {
  const head = ['ns per message', ...Object.values(LEGACY), 'as a multiple of JSON alone', 'of a frame'];
  const rows = Object.entries(all).map(([message, costs]) => [
    message,
    ...Object.keys(LEGACY).map((operation) => spread(costs[operation])),
    times(costs.both.median / costs.JSON.median),
    times(costs.both.median / costs.frame.median),
  ]);
  return `### JSON of older systems, Node ${node}\n\n${table(head, rows)}`;
}

function contenders({ about, splitters }) {
  const rows = about.map(({ name, packages, int64 }) => [name, int64, packages.join(', ')]);
  const cutters = splitters.map(({ name, packages, framing }) => [name, framing, packages.join(', ')]);
  return [
    '## Contenders',
    table(['codec', '64-bit integers', 'packages'], rows),
    table(['splitter', 'framing', 'packages'], cutters),
  ].join('\n\n');
}
