// templates/grafana-dashboard.json asks only for what a server exports.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { instrument } from '../../src/otel/index.js';
import { handshake } from '../node/handshake.js';
import { host } from '../node/host.js';
import { playSession, type Scraped, SESSION_HOST, scraper } from './scrape.js';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const path = fileURLToPath(new URL('../../templates/grafana-dashboard.json', import.meta.url));
const { panels, templating } = JSON.parse(readFileSync(path, 'utf8')) as Dashboard;
const targets = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
const queries = [...targets.map(({ expr }) => expr), ...templating.list.flatMap(({ definition }) => definition ?? [])];
const METRIC = /\bim_server_\w+/g;
/** Labels that Prometheus itself adds, or a histogram has. */
const OF_PROMETHEUS = ['job', 'instance', 'le'];

/** What a server exports that has done everything that is counted. */
async function scraped(): Promise<Scraped> {
  const { meterProvider, scrape } = await scraper();
  const world = await host({ ...SESSION_HOST, accept: ({ transport, url }) => transport === 'tcp' || url === '/' });
  const { stop } = instrument(world.server, { meterProvider });
  await playSession(world);
  await handshake(world.port, {}, '/refused');
  const found = await scrape();
  stop();
  return found;
}

describe('the dashboard', () => {
  it('has panels with queries, each once', () => {
    expect(targets.length).toBeGreaterThan(20);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ type, targets: own = [] }) => type !== 'row' && own.length === 0)).toEqual([]);
  });

  it('asks for the metrics that a scrape has: for no other, and for all', async () => {
    const { samples, types } = await scraped();
    const names = new Set(samples.map(({ name }) => name));
    const asked = queries.flatMap((query) => query.match(METRIC) ?? []);
    expect(asked.length).toBeGreaterThanOrEqual(queries.length);
    expect([...new Set(asked)].filter((name) => !names.has(name))).toEqual([]);
    const exported = [...types.keys()].filter((name) => name.startsWith('im_server_'));
    expect(exported.length).toBeGreaterThan(15);
    expect(exported.filter((name) => !queries.join().includes(name))).toEqual([]);
  });

  it('groups, filters and names by labels that the metrics have', async () => {
    const { samples } = await scraped();
    const labelsOf = (metric: string): string[] =>
      samples.filter(({ name }) => name === metric).flatMap(({ labels }) => Object.keys(labels));
    for (const { title, expr, legendFormat } of targets) {
      const grouped = [...expr.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, list]) => list.split(',').map((label) => label.trim()));
      const matched = [...expr.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label]) => label);
      for (const metric of expr.match(METRIC) ?? []) {
        const known = [...labelsOf(metric), ...OF_PROMETHEUS];
        expect(
          [...grouped, ...matched].filter((label) => !known.includes(label)),
          `${title}: ${expr}`,
        ).toEqual([]);
      }
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      expect(
        shown.filter((label) => !grouped.includes(label)),
        title,
      ).toEqual([]);
    }
  });
});
