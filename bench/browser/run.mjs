// `npm run bench:browser`: the codecs in Chromium. See `npm run bench:browser -- --help`.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { installChromium } from '../../test/browser/install-chromium.js';
import { MESSAGES } from '../messages.mjs';
import { ROOT } from '../prepare/paths.mjs';
import { prepare } from '../prepare/prepare.mjs';
import { OURS } from '../report/best-peer.mjs';
import { machine } from '../report/machine.mjs';
import { figure, spread, times } from '../report/numbers.mjs';
import { table } from '../report/table.mjs';

const HELP = `npm run bench:browser                the build for browsers beside @bufbuild/protobuf and protobufjs, in Chromium
npm run bench:browser -- --quick     a few short slices: all codecs agree
npm run bench:browser -- --targets   exit code 1 if one of the two is faster than ours
  --slices N, --slice-ms N           rounds, and the length of a slice
  --messages a,b                     only these (keys in messages.mjs)
  --dist PATH                        another build than dist/`;

/** Minimum speed as a multiple of a peer. The first interprets the schema, as our build for browsers does; the second is generated code. */
const AT_LEAST = { '@bufbuild/protobuf': 1, 'protobufjs 8 static': 1 };
const OPERATIONS = ['encode', 'decode'];

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean' },
    quick: { type: 'boolean', default: false },
    targets: { type: 'boolean', default: false },
    slices: { type: 'string' },
    'slice-ms': { type: 'string' },
    messages: { type: 'string' },
    dist: { type: 'string' },
  },
});

if (options.help) console.log(HELP);
else await main();

async function main() {
  const dist = resolve(options.dist ?? join(ROOT, 'dist'));
  await prepare(dist);
  const { version, results } = await measureIn(await bundle(join(dist, 'web')));
  console.log(`${machine()}. Chromium ${version}.\n\n${report(results)}`);
  if (options.targets) checkTargets(results);
}

/** The page's script, with the build in place of library.mjs. */
async function bundle(web) {
  const library = {
    name: 'library',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\/library\.mjs$/ }, () => ({ path: 'library', namespace: 'library' }));
      onLoad({ filter: /.*/, namespace: 'library' }, () => ({
        contents: `import * as index from ${JSON.stringify(join(web, 'index.js'))};\nexport const entry = async () => index;`,
        resolveDir: web,
      }));
    },
  };
  const { outputFiles } = await build({
    entryPoints: [join(dirname(fileURLToPath(import.meta.url)), 'page.mjs')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
    plugins: [library],
  });
  return outputFiles[0].text;
}

async function measureIn(script) {
  const { quick, slices, 'slice-ms': sliceMs, messages } = options;
  const settings = {
    slices: Number(slices ?? (quick ? 3 : 21)),
    // The clock of a page is coarse.
    sliceMs: Number(sliceMs ?? (quick ? 2 : 15)),
    messages: messages?.split(','),
  };
  const browser = await chromium.launch({ executablePath: installChromium() });
  try {
    const page = await browser.newPage();
    const results = await page.evaluate(
      async ({ script, settings }) => {
        const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
        const { run } = await import(url);
        return run(settings);
      },
      { script, settings },
    );
    return { version: browser.version(), results };
  } finally {
    await browser.close();
  }
}

function report(results) {
  const peers = Object.keys(Object.values(results)[0].encode).filter((name) => name !== OURS);
  const head = ['', `${OURS}, ns`, ...peers.map((peer) => `${peer}, ns`), ...peers.map((peer) => `times ${peer}`)];
  const sections = OPERATIONS.map((operation) => {
    const rows = Object.entries(results).map(([message, { [operation]: row, checked }]) => {
      const ours = row[OURS].median;
      return [
        MESSAGES[message].title,
        operation === 'decode' ? `${spread(row[OURS])}; a frame, checked: ${figure(checked[OURS].median)}` : spread(row[OURS]),
        ...peers.map((peer) => spread(row[peer])),
        ...peers.map((peer) => `**${times(row[peer].median / ours)}**`),
      ];
    });
    return `## ${operation}\n\n${table(head, rows)}`;
  });
  return sections.join('\n\n');
}

function checkTargets(results) {
  for (const [message, row] of Object.entries(results)) {
    for (const operation of OPERATIONS) {
      for (const [peer, goal] of Object.entries(AT_LEAST)) {
        const ratio = row[operation][peer].median / row[operation][OURS].median;
        const isMet = ratio >= goal;
        console.log(
          `${isMet ? 'met   ' : 'MISSED'} >= ${times(goal)}  ${times(ratio)}  ${operation}, ${MESSAGES[message].title}, against ${peer}`,
        );
        if (!isMet) process.exitCode = 1;
      }
    }
  }
}
