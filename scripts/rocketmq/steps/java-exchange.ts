// Java programs and TypeScript on the topics of one server: all messages are consumed by both.
import { isDeepStrictEqual } from 'node:util';
import type { ReceiveInfo } from '../../../src/index.js';
import { toJSON } from '../../../src/json/index.js';
import {
  consumerGroup,
  fromRocketMQ,
  RocketMQBroker,
  receiveInfoMessage,
  topics,
  toRocketMQ,
} from '../../../src/rocketmq/index.js';
import { endChild, ended } from '../children.js';
import type { Cluster } from '../cluster/cluster.js';
import { buildJava, startProgram } from '../java/programs.js';
import { sampleReceiveInfos } from '../java/samples.js';
import { createServer, createService } from '../system-topics.js';
import type { Step } from './step.js';
import { until } from './until.js';

const SERVER = 'java';
const TIMEOUT_MS = 60_000;

export const javaExchange: Step = {
  title: 'Java and TypeScript both consume what either of them produces',
  async run(cluster) {
    buildJava();
    await createServer(cluster, SERVER);
    const samples = sampleReceiveInfos();
    const broker = new RocketMQBroker({ endpoints: cluster.endpoints });
    try {
      const seenHere = await consumeHere(broker);
      const java = await consumeInJava(cluster);
      for (const sample of samples) await broker.publish(receiveInfoMessage(SERVER, sample));
      await produceInJava(cluster, samples);
      const all = await until(() => seenHere.length >= 2 * samples.length && java.seen.length >= 2 * samples.length, TIMEOUT_MS);
      await java.close();
      const problems = [
        ...(all ? [] : [`timed out (${TIMEOUT_MS / 1000} s): got ${seenHere.length} here and ${java.seen.length} in Java`]),
        ...missing('TypeScript', seenHere, samples.map(messageJson)),
        ...missing(
          'Java',
          java.seen,
          samples.map((sample) => toJSON('ReceiveInfo', sample)),
        ),
      ];
      if (problems.length > 0) throw new Error(problems.join('\n'));
    } finally {
      await broker.close();
    }
    return `${samples.length} different ReceiveInfo produced in each language, all ${2 * samples.length} consumed in each, with equal fields`;
  },
};

/** With topic, tag, keys and message group, which the Java producer sets, too. */
function messageJson(sample: ReceiveInfo): unknown {
  return toJSON('TopicMessage', fromRocketMQ(toRocketMQ(receiveInfoMessage(SERVER, sample))));
}

/** Each message must arrive once from either producer. */
function missing(where: string, seen: readonly unknown[], expected: readonly unknown[]): string[] {
  return expected.flatMap((message) => {
    const count = seen.filter((value) => isDeepStrictEqual(value, message)).length;
    return count === 2 ? [] : [`seen ${count} times in ${where}, expected 2: ${JSON.stringify(message).slice(0, 300)}`];
  });
}

async function consumeHere(broker: RocketMQBroker): Promise<unknown[]> {
  const seen: unknown[] = [];
  const subscription = { group: consumerGroup('server', SERVER), topics: topics.ofServer(SERVER) };
  await broker.subscribe(subscription, ({ message }) => void seen.push(toJSON('TopicMessage', message)));
  return seen;
}

async function consumeInJava(cluster: Cluster): Promise<{ seen: unknown[]; close(): Promise<void> }> {
  const seen: unknown[] = [];
  let ready = false;
  const args = [cluster.endpoints, await createService(cluster, 'audit'), ...topics.ofServer(SERVER)];
  const onLine = (line: string): void => void seen.push(JSON.parse(line));
  const program = startProgram('ConsumeReceiveInfo', args, onLine, (line) => {
    if (line === 'consuming') ready = true;
    else console.error(`ConsumeReceiveInfo: ${line}`);
  });
  if (!(await until(() => ready, TIMEOUT_MS))) throw new Error('ConsumeReceiveInfo does not consume');
  return { seen, close: () => endChild(program, 'SIGTERM') };
}

async function produceInJava(cluster: Cluster, samples: readonly ReceiveInfo[]): Promise<void> {
  const onTalk = (line: string): void => console.error(`ProduceReceiveInfo: ${line}`);
  const program = startProgram('ProduceReceiveInfo', [cluster.endpoints, SERVER], () => {}, onTalk);
  program.stdin!.end(samples.map((sample) => `${JSON.stringify(toJSON('ReceiveInfo', sample))}\n`).join(''));
  const code = await ended(program);
  if (code !== 0) throw new Error(`ProduceReceiveInfo ended with ${code}`);
}
