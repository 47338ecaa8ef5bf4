// `npm run cluster`: see `npm run cluster -- --help`.
import { parseArgs } from 'node:util';
import { ROOT } from '../rocketmq/cache.js';
import { ended, startChild } from '../rocketmq/children.js';
import { runSteps, type Step } from '../rocketmq/run-steps.js';
import { type PlayOptions, play } from './play.js';
import { RedisServer } from './redis-server.js';

const FULL: PlayOptions = { users: 3000, messages: 20_000, messagesPerS: 400, moves: 200 };
const QUICK: PlayOptions = { users: 300, messages: 2000, messagesPerS: 200, moves: 50 };

interface System {
  readonly redis: RedisServer;
  readonly size: PlayOptions;
}

const STEPS: Readonly<Record<string, Step<System>>> = {
  suites: {
    title: 'Routes, RedisDeduplicator and lists of older systems on Redis, with node-redis and ioredis',
    run: ({ redis }) => runSuites(redis),
  },
  demo: { title: 'npm run demo with its routes in Redis', run: ({ redis }) => runDemo(redis) },
  play: {
    title: 'three servers, one of which is killed, and Redis, which is killed and started again',
    run: ({ redis, size }) => play(redis, size),
  },
};

const HELP = `npm run cluster                   starts Debian's redis-server on loopback and runs these steps:
${Object.entries(STEPS)
  .map(([name, { title }]) => `                                    ${name.padEnd(8)} ${title}`)
  .join('\n')}
npm run cluster -- --steps a,b    only these steps
npm run cluster -- --quick        the play with ${QUICK.users} users and ${QUICK.messages} messages, instead of ${FULL.users} and ${FULL.messages}
redis-server is installed by apt for root on Debian; else set REDIS_SERVER=/path/to/it. The play needs 14,000 open files for a process.`;

const { values: options } = parseArgs({
  options: { help: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false }, steps: { type: 'string' } },
});

// Child processes are killed on the event 'exit'.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
if (options.help) console.log(HELP);
else process.exitCode = await main(options.steps?.split(',') ?? Object.keys(STEPS));

/** @returns the exit code. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in STEPS));
  for (const name of unknown) console.error(`npm run cluster: unknown step: ${name}`);
  if (unknown.length > 0) return 2;
  const redis = await RedisServer.start();
  console.log(`Redis ${redis.version} on ${redis.url}`);
  const hasPassed = await runSteps(STEPS, names, { redis, size: options.quick ? QUICK : FULL });
  await redis.kill();
  return hasPassed ? 0 : 1;
}

async function runSuites(redis: RedisServer): Promise<string> {
  await runNode(['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.redis.config.ts'], redis, 'inherit');
  return 'all tests passed with both libraries';
}

async function runDemo(redis: RedisServer): Promise<string> {
  await runNode(['--import', 'tsx', 'examples/chat/main.ts'], redis, ['ignore', 'ignore', 'inherit']);
  return 'passed, with its routes in Redis';
}

async function runNode(
  args: readonly string[],
  { url }: RedisServer,
  stdio: 'inherit' | ('ignore' | 'inherit')[],
): Promise<void> {
  const child = startChild(process.execPath, args, { cwd: ROOT, env: { ...process.env, REDIS_URL: url }, stdio });
  const code = await ended(child);
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
}
