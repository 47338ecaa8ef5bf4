import { Child } from './child.mjs';
import { CONTENDERS } from './contenders.mjs';
import { SCENARIOS } from './scenarios.mjs';

const START_MS = 30_000;
const CHECK = { file: 'check', settings: {}, timeoutMs: 10_000 };

/** Measures one scenario with one contender: a new server, and new clients. */
export function runOne(contender, scenario, settings, userCount) {
  return play(contender, { ...SCENARIOS[scenario], settings }, userCount);
}

/** Throws unless a contender does what it has to. */
export function checkOne(contender, userCount) {
  return play(contender, CHECK, userCount);
}

async function play(contender, { file, settings, timeoutMs }, userCount) {
  const { title } = CONTENDERS[contender];
  const args = [contender, userCount];
  const server = new Child(`the server of ${title}`, 'server/main.mjs', args);
  const ask = (name) => (argument) => server.call(name, argument, START_MS);
  const handlers = { cpu: ask('cpu'), memory: ask('memory'), peak: ask('peak'), observe: ask('observe') };
  const client = new Child(`the clients of ${title}`, 'client/main.mjs', args, handlers);
  try {
    const port = await server.call('port', undefined, START_MS);
    return await client.call('run', { scenario: file, settings, port }, timeoutMs);
  } finally {
    await Promise.all([client.stop(), server.stop()]);
  }
}
