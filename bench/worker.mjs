// One process of the benchmark: runs one suite, for the given contenders, and prints the result as JSON.
import { CONTENDERS, load } from './contenders/index.mjs';
import { measure, table } from './measure.mjs';
import { Random } from './random.mjs';
import { load as loadSplitter, SPLITTERS } from './splitters/index.mjs';

const { suite, only, slices, sliceMs, clock, share, messages } = JSON.parse(process.argv[2]);
const settings = { slices, sliceMs, clock, random: new Random(process.pid) };

const SUITES = { about, splitters, agreement, codecs, wire, allocation, frames, growth, legacy };
console.log(JSON.stringify(await SUITES[suite]()));

async function about() {
  return (await contenders()).map(({ name, packages, int64 }) => ({ name, packages, int64 }));
}

async function splitters() {
  const all = await Promise.all(SPLITTERS.map(loadSplitter));
  return all.map(({ name, packages, framing }) => ({ name, packages, framing }));
}

async function agreement() {
  const { checkAgreement } = await import('./suites/agreement.mjs');
  return checkAgreement(await contenders());
}

/** { message: { operation: { contender: quartiles } } } in nanoseconds. */
async function codecs() {
  const tests = [...(await codecTests()), ...(await floors())];
  return table(tests, await measure(tests, settings), ({ message, operation, contender }) => [message, operation, contender]);
}

/** { contender: { message: bytes } } */
async function wire() {
  const { wireBytes } = await import('./suites/codec-tests.mjs');
  return Object.fromEntries((await contenders()).map((contender) => [contender.name, wireBytes(contender)]));
}

/** { message: { operation: { contender: bytes } } } */
async function allocation() {
  const { allocations } = await import('./suites/allocation.mjs');
  const tests = (await codecTests()).filter(({ operation }) => operation === 'encode' || operation === 'decode');
  return table(tests, allocations(tests), ({ message, operation, contender }) => [message, operation, contender]);
}

/** { stream: { contender: quartiles } } in nanoseconds per byte. */
async function frames() {
  const { checkFrames, frameTests } = await import('./suites/frame-tests.mjs');
  const all = await Promise.all(chosen(SPLITTERS).map(loadSplitter));
  const tests = all.flatMap((splitter) => frameTests(splitter, share));
  await checkFrames(tests);
  return table(tests, await measure(tests, settings), ({ stream, contender }) => [stream, contender]);
}

/** { series: { size: quartiles } } in nanoseconds per byte. */
async function growth() {
  const { growthTests } = await import('./suites/growth-tests.mjs');
  const tests = growthTests();
  return table(tests, await measure(tests, settings), ({ series, size }) => [series, size]);
}

/** { message: { operation: quartiles } } in nanoseconds per message. */
async function legacy() {
  const { legacyTests } = await import('./suites/legacy-tests.mjs');
  const tests = legacyTests();
  return table(tests, await measure(tests, settings), ({ message, operation }) => [message, operation]);
}

async function codecTests() {
  const { codecTests: testsOf } = await import('./suites/codec-tests.mjs');
  return wanted((await contenders()).flatMap(testsOf));
}

/** Run beside our own codecs. */
async function floors() {
  if (!chosen(CONTENDERS).includes('im-protocol')) return [];
  const { floorTests } = await import('./suites/floor-tests.mjs');
  return wanted(floorTests());
}

function wanted(tests) {
  return messages === undefined ? tests : tests.filter(({ message }) => messages.includes(message));
}

async function contenders() {
  return Promise.all(chosen(CONTENDERS).map(load));
}

function chosen(all) {
  return only === undefined ? all : all.filter((name) => only.includes(name));
}
