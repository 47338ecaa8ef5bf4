// The tables of speed in README.md and README.zh-CN.md: from bench/results.md, which `npm run bench` writes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { markdownTable } from './markdown-table.js';

/** The messages by their names in bench/results.md, with those in Chinese. */
const MESSAGES: Readonly<Record<string, string>> = {
  heartbeat: '心跳',
  'chat, ASCII': '聊天消息，ASCII',
  'chat, Chinese': '聊天消息，中文',
  '500 receivers': '500 个接收者',
  '4 KiB, Chinese': '4 KiB 中文文本',
  'topic, 16 KiB body': '主题消息，16 KiB',
};

/** Encode, decode, decode + validate: the second to fourth column. */
const COLUMNS = [1, 2, 3];

/** The tables by the name in their marker. The figures are those of the newest Node that was measured. */
export function speedTables(): [string, string][] {
  const results = readFileSync(join(ROOT, 'bench/results.md'), 'utf8');
  const section = results.split(/^## /m).findLast((text) => text.startsWith('Against the best peer'));
  if (section === undefined) throw new Error('bench/results.md has no section "Against the best peer"');
  const [title] = section.split('\n');
  const node = /Node (v\d+)/.exec(title)?.[1];
  const rows = Object.keys(MESSAGES).map((name) => [name, ...figuresOf(name, section)]);
  return [
    ['speed', markdownTable([`message, Node ${node}`, 'encode', 'decode', 'decode + validate'], rows)],
    [
      'speed-zh',
      markdownTable(
        [`消息，Node ${node}`, '编码', '解码', '解码并校验'],
        rows.map(([name, ...figures]) => [MESSAGES[name], ...figures]),
      ),
    ],
  ];
}

/** `409 / 691 JSON: **1.69x** (1.79x)` becomes `409 / 691 ns, **1.69x**`. */
function figuresOf(name: string, section: string): string[] {
  const row = section.split('\n').find((line) => line.startsWith(`| ${name} |`));
  if (row === undefined) throw new Error(`bench/results.md has no row ${name}`);
  const cells = row.slice(2, -2).split(' | ');
  return COLUMNS.map((column) => {
    const [, ours, peer, ratio] = /^([\d,.]+) \/ ([\d,.]+) .*: (\*\*[\d.]+x\*\*) /.exec(cells[column]) ?? [];
    if (ratio === undefined) throw new Error(`bench/results.md, ${name}: ${cells[column]}`);
    return `${ours} / ${peer} ns, ${ratio}`;
  });
}
