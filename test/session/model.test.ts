// A client and a server under random commands: see `world.ts` for what has to hold after each of them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SEED } from '../seed.js';
import { type SideName, World } from './world.js';

type Command = fc.Command<object, World>;

function command(title: string, run: (world: World) => void): Command {
  return { check: () => true, run: (_, world) => run(world), toString: () => title };
}

const side = fc.constantFrom<SideName>('client', 'server');
const deliver = fc
  .tuple(side, fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(100_000)))
  .map(([from, bytes]) => command(`deliver(${from}, ${bytes})`, (world) => world.deliver(from, bytes)));
const send = fc
  .tuple(side, fc.boolean(), fc.constantFrom<'application' | 'message'>('application', 'message'), fc.boolean())
  .map(([from, isRequest, kind, again]) =>
    command(`send(${from}, ${isRequest}, ${kind}, ${again})`, (world) => world.send(from, isRequest, kind, again)),
  );
const answer = fc
  .tuple(side, fc.constantFrom<'reply' | 'refuse'>('reply', 'reply', 'refuse'))
  .map(([from, how]) => command(`answer(${from}, ${how})`, (world) => world.answer(from, how)));
const pass = fc
  .oneof(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(9_999, 20_000, -5000, -1e6))
  .map((ms) => command(`pass(${ms})`, (world) => world.pass(ms)));
const leap = fc.constantFrom(50_000, 600_000).map((ms) => command(`pass(${ms})`, (world) => world.pass(ms)));
const login = fc.constantFrom(
  command('accept()', (world) => world.accept()),
  command('renew()', (world) => world.renew()),
);
const settle = fc.constantFrom(
  command('deliverAll()', (world) => world.deliverAll()),
  command('expectNothingLost()', (world) => world.expectNothingLost()),
);
const end = fc.constantFrom(
  command('cut()', (world) => world.cut()),
  command('drain(5000)', (world) => world.drain(5000)),
  command('takeOver(d-1)', (world) => world.takeOver('d-1')),
  command('takeOver()', (world) => world.takeOver('')),
);

const weighted = (weight: number, arbitrary: fc.Arbitrary<Command>) => Array<fc.Arbitrary<Command>>(weight).fill(arbitrary);
const most = [...weighted(6, deliver), ...weighted(6, send), ...weighted(4, answer), ...weighted(2, pass), login, settle];

function run(world: World, commands: Iterable<Command>): void {
  fc.modelRun(() => ({ model: {}, real: world }), commands);
  world.expectNothingLost();
  world.finish();
}

/** On a busy machine fewer runs have to do: the time is bounded, and the test does not fail for it. */
const options = { seed: SEED, numRuns: 500, interruptAfterTimeLimit: 8000 };
/** One run is not interrupted. */
const TIMEOUT_MS = 120_000;

it(
  `both sides keep what they promise, whatever happens (seed ${SEED})`,
  () => {
    const commands = fc.commands([...most, end, leap], { maxCommands: 60, size: 'max' });
    const property = fc.property(commands, fc.double({ min: 0, max: 0.99, noNaN: true }), (list, random) => {
      run(new World(() => random), list);
    });
    fc.assert(property, options);
  },
  TIMEOUT_MS,
);

it(
  `both sides keep the invariants while the connection holds (seed ${SEED})`,
  () => {
    let [runs, alive] = [0, 0];
    const property = fc.property(fc.commands(most, { maxCommands: 120, size: 'max' }), (list) => {
      runs += 1;
      const world = new World(() => 0.5);
      world.deliverAll();
      world.accept();
      world.deliverAll();
      expect([world.client.session.state, world.server.session.state]).toEqual(['authenticated', 'authenticated']);
      fc.modelRun(() => ({ model: {}, real: world }), list);
      if (!world.client.closed && !world.server.closed) alive += 1;
      world.expectNothingLost();
      world.finish();
    });
    fc.assert(property, options);
    // Otherwise it would show little.
    expect(alive).toBeGreaterThan(runs / 4);
  },
  TIMEOUT_MS,
);
