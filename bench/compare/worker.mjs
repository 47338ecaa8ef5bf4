// One process of `npm run bench:compare`: measures two builds side by side, and prints the samples of all rounds as JSON.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { samplesOf } from '../measure.mjs';
import { MESSAGES } from '../messages.mjs';
import { Random } from '../random.mjs';

const { dists, messages, operations, ...settings } = JSON.parse(process.argv[2]);
// The contender reads it for a codec of its own, which is not measured here.
process.env.BENCH_DIST = dists[0].dist;
const { codecOf } = await import('../contenders/im-protocol.mjs');
const { codecTests } = await import('../suites/codec-tests.mjs');

const builds = [];
for (const { name, dist } of dists) builds.push({ name, library: await import(pathToFileURL(join(dist, 'index.js')).href) });
checkBytes();
const tests = builds.flatMap(testsOf).filter(isWanted);
const samples = await samplesOf(tests, { ...settings, random: new Random(process.pid) });
console.log(JSON.stringify(tests.map(({ message, operation, contender }, i) => [message, operation, contender, samples[i]])));

function testsOf({ name, library }) {
  return [...codecTests({ name, codec: codecOf(library) }), ...streamTests(name, library)];
}

/** `FrameDecoder` with 16 frames per chunk. */
function streamTests(contender, { encodeFrame, FrameDecoder }) {
  return Object.entries(MESSAGES).map(([message, { type, of }]) => {
    const chunk = Buffer.concat(of.map((each) => encodeFrame(type, each)));
    const decoder = new FrameDecoder();
    const run = (n) => {
      for (let i = 0; i < n; i++) {
        if (decoder.push(chunk).length !== of.length) throw new Error(`${contender}: ${message} was not decoded`);
      }
    };
    return { message, operation: 'stream', contender, per: of.length, run };
  });
}

function isWanted({ message, operation }) {
  return (messages?.includes(message) ?? true) && (operations?.includes(operation) ?? true);
}

/** Throws unless both builds write the same bytes: else the comparison would say nothing. */
function checkBytes() {
  for (const { title, type, of } of Object.values(MESSAGES)) {
    for (const message of of) {
      const [one, other] = builds.map(({ library }) => library.encodeFrame(type, message));
      if (!isDeepStrictEqual(one, other)) throw new Error(`${title}: the builds write different bytes`);
    }
  }
}
