// The blocks of docs/deployment.md: the files of examples/deployment/, which tests run, and the timeouts that fit a heartbeat.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DEFAULT_HEARTBEAT_INTERVAL_MS, SILENT_HALF_INTERVALS } from '../../generated/constants.js';
import { ROOT } from '../breaking/baseline.js';
import { markdownTable } from './markdown-table.js';

const FOLDER = 'examples/deployment';

/** The words after the fence, by the extension of a file. */
const LANGUAGES: Readonly<Record<string, string>> = {
  '.conf': 'nginx',
  '.cfg': 'haproxy',
  '.service': 'ini',
  '.socket': 'ini',
  '.yaml': 'yaml',
  '.ts': 'ts no-run',
};

/** Heartbeat intervals in the table, in seconds. */
const INTERVALS_S = [5, 10, DEFAULT_HEARTBEAT_INTERVAL_MS / 1000, 60, 120];

/** By the name in the marker: `examples/deployment/server.ts`. */
export function deploymentBlocks(): [string, string][] {
  const names = readdirSync(join(ROOT, FOLDER), { recursive: true, encoding: 'utf8' });
  const blocks = names.flatMap((name): [string, string][] => {
    const language = LANGUAGES[extname(name)];
    if (language === undefined) return [];
    const path = `${FOLDER}/${name}`;
    return [[path, `\`\`\`${language}\n${readFileSync(join(ROOT, path), 'utf8')}\`\`\``]];
  });
  return [...blocks, ['heartbeat-timeouts', heartbeatTimeouts()]];
}

function heartbeatTimeouts(): string {
  const rows = INTERVALS_S.map((interval) => [
    `${interval} s${interval * 1000 === DEFAULT_HEARTBEAT_INTERVAL_MS ? ', the default' : ''}`,
    `${(interval * SILENT_HALF_INTERVALS) / 2} s`,
    `${interval * 3} s`,
  ]);
  return markdownTable(['`heartbeatIntervalMs`', 'client and server give up after', 'timeouts of proxies, at least'], rows);
}
