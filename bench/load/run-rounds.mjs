import { Random } from '../random.mjs';
import { CONTENDERS } from './contenders.mjs';
import { checkOne, runOne } from './run-one.mjs';
import { SCENARIOS } from './scenarios.mjs';

/** The order of the contenders is the same in each run. */
const SEED = 20_260_101;
/** Scenarios with many connections, which take long. */
const FEW_ROUNDS = ['idle', 'reconnect'];
/** Users besides those of the largest scenario. */
const MORE_USERS = 100;

/**
 * Measures everything, in rounds: within one, each scenario visits all contenders in a new random order, so that what else the
 * machine does meets all of them.
 * @returns results[scenario][contender]: a list with what each round gave.
 */
export async function runRounds({ rounds, idleRounds, scenarios, contenders, settings }) {
  const userCount = MORE_USERS + Math.max(...scenarios.map((scenario) => sizeOf(settings[scenario])));
  const speaking = contenders.filter((contender) => !CONTENDERS[contender].isBare && !CONTENDERS[contender].isFloor);
  await Promise.all(speaking.map((contender) => checkOne(contender, userCount)));
  const random = new Random(SEED);
  const results = {};
  for (let round = 0; round < rounds; round++) {
    for (const scenario of scenarios) {
      if (FEW_ROUNDS.includes(scenario) && round >= idleRounds) continue;
      console.error(`Round ${round + 1} of ${rounds}: ${scenario} ...`);
      for (const contender of random.shuffled(contenders.filter((name) => takesPart(name, scenario)))) {
        const result = await runOne(contender, scenario, settings[scenario], userCount);
        results[scenario] ??= {};
        results[scenario][contender] ??= [];
        results[scenario][contender].push(result);
      }
    }
  }
  return results;
}

function takesPart(contender, scenario) {
  const { withBare, withFloor, onlyOurs, isGroup, isObserved } = SCENARIOS[scenario];
  const { isBare, isFloor, onlyGroup, canObserve } = CONTENDERS[contender];
  if (isObserved || canObserve) return Boolean(isObserved && canObserve);
  if (onlyOurs) return contender.startsWith('im-');
  return (withBare || !isBare) && (withFloor || !isFloor) && (isGroup || !onlyGroup);
}

/** How many connections there are at most at a time. */
function sizeOf({ connections = 0, members = 0, pairs = 0, senders = 0, warmUpSenders = 0 }) {
  return Math.max(connections, members, 2 * pairs, senders + warmUpSenders);
}
