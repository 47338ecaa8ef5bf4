// `node --import tsx bench/rocketmq/fan-out.ts`: how long planFanOut takes, for growing groups.
import { MemoryRoutes, planFanOut } from '../../src/rocketmq/index.js';

const ROUNDS = 200;
const SERVERS = 100;
const SENDER = { userId: 1n, terminal: 1 };
const CONTENT = { messageId: 501n, body: { $case: 'text', value: { text: 'hi all' } } } as const;

/** Everybody is on one terminal, and every second one on a second, on whatever server. */
async function world(receivers: number): Promise<{ routes: MemoryRoutes; receiverIds: bigint[] }> {
  const routes = new MemoryRoutes();
  // 61 bits, as of a snowflake generator.
  const receiverIds = Array.from({ length: receivers }, (_, i) => (1n << 60n) + BigInt(i) * 1_000_003n);
  for (const [i, userId] of receiverIds.entries()) {
    await routes.set(userId, 1 + (i % 3), `s${i % SERVERS}`);
    if (i % 2 === 1) await routes.set(userId, 1 + ((i + 1) % 3), `s${(i * 7) % SERVERS}`);
  }
  return { routes, receiverIds };
}

for (const receivers of [100, 1_000, 10_000, 100_000]) {
  const { routes, receiverIds } = await world(receivers);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await planFanOut({ sender: SENDER, groupId: 7n, content: CONTENT }, routes, { receiverIds });
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const [median, slow] = [0.5, 0.95].map((part) => times[Math.floor(times.length * part)]);
  const each = ((median * 1e6) / receivers).toFixed(0);
  console.log(
    `${receivers} receivers on ${SERVERS} servers: median ${median.toFixed(2)} ms, 95 % ${slow.toFixed(2)} ms, ${each} ns a receiver`,
  );
}
