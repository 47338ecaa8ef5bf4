import { MESSAGES } from '../messages.mjs';
import { againstBest, FLOOR, OURS } from './best-peer.mjs';
import { figure, times } from './numbers.mjs';

const WIDTH = 960;
const LEFT = 150;
const PANEL = 380;
const GAP = 40;
const TOP = 64;
const ROW = 30;
/** The axis, in nanoseconds: logarithmic. */
const FROM = 20;
const TO = 300_000;
const TICKS = [100, 1000, 10_000, 100_000];

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 14px; font-weight: 600; }
.note { fill: #57606a; font-size: 11px; }
.grid { stroke: #d0d7de; stroke-width: 1; }
.peer { fill: #8c959f; fill-opacity: 0.6; }
.ours { fill: #0969da; }
.lead { stroke: #0969da; stroke-width: 2; stroke-opacity: 0.5; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .note { fill: #8d96a0; } .grid { stroke: #30363d; } .peer { fill: #8d96a0; }
  .ours { fill: #4493f8; } .lead { stroke: #4493f8; }
}`;

/** Encode and decode of each message: a dot for each contender, ours in blue, and how far it is from the best peer. */
export function chart({ runs: [run], machine }) {
  const messages = Object.entries(MESSAGES).filter(([key]) => key in run.codecs.together);
  const height = TOP + messages.length * ROW + 44;
  const names = messages.map(([, { title }], row) => text(LEFT - 12, middle(row), title, 'text-anchor="end"'));
  const note = `Time per message, logarithmic; blue @im/protocol, grey the peers; Node ${run.node}, ${machine}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Encode and decode times of @im/protocol and its peers">`,
    `<style>${STYLE}</style>`,
    ...names,
    ...panel(run, messages, 'encode', LEFT),
    ...panel(run, messages, 'decode', LEFT + PANEL + GAP),
    text(12, height - 10, note, 'class="note"'),
    '</svg>',
    '',
  ].join('\n');
}

function panel(run, messages, operation, left) {
  const bottom = TOP + messages.length * ROW;
  const grid = TICKS.flatMap((tick) => [
    `<line class="grid" x1="${x(left, tick)}" x2="${x(left, tick)}" y1="${TOP - 8}" y2="${bottom}"/>`,
    text(x(left, tick), bottom + 16, label(tick), 'class="note" text-anchor="middle"'),
  ]);
  const rows = messages.flatMap(([key], row) => dots(run.codecs.together[key][operation], left, middle(row)));
  return [text(left, 24, operation, 'class="title"'), ...grid, ...rows];
}

function dots(results, left, y) {
  const against = againstBest(results);
  if (against === undefined) return [];
  const peers = Object.entries(results).filter(([name]) => name !== OURS && name !== FLOOR);
  const [ours, best] = [x(left, against.ours), x(left, against.best)];
  return [
    `<line class="lead" x1="${ours}" x2="${best}" y1="${y}" y2="${y}"/>`,
    ...peers.map(
      ([name, { median }]) =>
        `<circle class="peer" cx="${x(left, median)}" cy="${y}" r="4"><title>${name}: ${figure(median)} ns</title></circle>`,
    ),
    `<circle class="ours" cx="${ours}" cy="${y}" r="6"><title>${OURS}: ${figure(against.ours)} ns</title></circle>`,
    text(Math.min(ours, best) - 12, y, times(against.ratio), 'text-anchor="end"'),
  ];
}

function x(left, nanoseconds) {
  const share = Math.log(nanoseconds / FROM) / Math.log(TO / FROM);
  return Math.round(left + PANEL * Math.min(1, Math.max(0, share)));
}

function middle(row) {
  return TOP + row * ROW + ROW / 2;
}

function text(at, y, content, attributes) {
  return `<text x="${at}" y="${y + 4}" ${attributes}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
}

function label(nanoseconds) {
  return nanoseconds < 1000 ? `${nanoseconds} ns` : `${nanoseconds / 1000} µs`;
}
