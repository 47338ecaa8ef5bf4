// The figures in examples/deployment/ fit each other and the protocol. `npm run proxies` runs the files.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_HEARTBEAT_INTERVAL_MS, SILENT_HALF_INTERVALS } from '../../generated/constants.js';
import { ROOT } from '../package/root.js';

const FOLDER = 'examples/deployment';
const read = (name: string): string => readFileSync(join(ROOT, FOLDER, name), 'utf8');
const page = readFileSync(join(ROOT, 'docs/deployment.md'), 'utf8');

/** The seconds that a pattern finds. */
function secondsOf(text: string, pattern: RegExp): number[] {
  const found = [...text.matchAll(pattern)].map(([, seconds]) => Number(seconds));
  expect(found).not.toEqual([]);
  return found;
}

describe('the files of examples/deployment/', () => {
  it('stand in docs/deployment.md, all of them', () => {
    const files = readdirSync(join(ROOT, FOLDER), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(?!md$)\w+$/.test(name),
    );
    expect(files.length).toBeGreaterThan(7);
    expect(files.filter((name) => !page.includes(`<!-- generated:${FOLDER}/${name} -->`))).toEqual([]);
  });

  it.each([
    ['nginx/im-http.conf', /proxy_(?:read|send)_timeout (\d+)s;/g, 2],
    ['nginx/im-stream.conf', /proxy_timeout (\d+)s;/g, 1],
    ['haproxy/haproxy.cfg', /timeout (?:client|server) (\d+)s$/gm, 2],
  ] as const)('%s: idle timeouts are longer than those of the protocol', (name, pattern, count) => {
    const idleS = (DEFAULT_HEARTBEAT_INTERVAL_MS * SILENT_HALF_INTERVALS) / 2 / 1000;
    const seconds = secondsOf(read(name), pattern);
    expect(seconds).toHaveLength(count);
    expect(Math.min(...seconds)).toBeGreaterThan(idleS);
  });

  it('process managers wait longer than drainOnSignal', () => {
    const graceS = Number(/graceMs: (\d+)_000/.exec(read('server.ts'))?.[1]);
    // drainOnSignal adds ten seconds.
    expect(secondsOf(read('systemd/im@.service'), /TimeoutStopSec=(\d+)s/g)[0]).toBeGreaterThan(graceS + 10);
    const kubernetes = read('kubernetes/im.yaml');
    const notReadyS = Number(/NOT_READY_MS, value: '(\d+)000'/.exec(kubernetes)?.[1]);
    expect(secondsOf(kubernetes, /terminationGracePeriodSeconds: (\d+)/g)[0]).toBeGreaterThan(notReadyS + graceS + 10);
    // The probe fails within the time in which the server still accepts.
    const [period] = secondsOf(kubernetes, /periodSeconds: (\d+)/g);
    expect(period * Number(/failureThreshold: (\d+)/.exec(kubernetes)?.[1])).toBeLessThan(notReadyS);
  });

  it('servers get their settings by variables that the program reads', () => {
    const variables = [
      ...read('kubernetes/im.yaml').matchAll(/- (?:\{ )?name: ([A-Z_]+)/g),
      ...read('systemd/im@.service').matchAll(/ ([A-Z_]{5,})=/g),
    ];
    const names = variables.map(([, name]) => name).filter((name) => name !== 'NODE_ENV');
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(read('server.ts')).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
