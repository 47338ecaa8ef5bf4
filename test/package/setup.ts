// Once before the tests of the package: builds it, packs it, and installs the tarball into an empty folder, as a user would.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { copyPublished } from '../../scripts/pack/copy-published.js';
import { buildIfStale } from './build-if-stale.js';
import { ROOT } from './root.js';
import { npm } from './run.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of the packed package. */
    readonly tarball: string;
    /** A folder in which it is installed. */
    readonly consumer: string;
  }
}

/** Optional peers that some entries use. They are linked: an installation by npm would need a network. */
const PEERS = ['zod', 'pako', '@opentelemetry/api'];

export default function setup({ provide }: TestProject): () => void {
  buildIfStale();
  const folder = mkdtempSync(join(tmpdir(), 'im-package-'));
  const published = join(folder, 'published');
  copyPublished(ROOT, published);
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(npm(args, published)) as [{ filename: string }];
  const tarball = join(folder, filename);
  const consumer = mkdtempSync(join(tmpdir(), 'im-consumer-'));
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true }');
  npm(['install', '--offline', '--no-audit', '--no-fund', tarball], consumer);
  for (const peer of PEERS) {
    const link = join(consumer, 'node_modules', peer);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', peer), link, 'junction');
  }
  provide('tarball', tarball);
  provide('consumer', consumer);
  return () => {
    for (const path of [folder, consumer]) rmSync(path, { recursive: true });
  };
}
