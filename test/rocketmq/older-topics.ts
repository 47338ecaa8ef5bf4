import { type Broker, topics } from '../../src/rocketmq/index.js';
import type { Kind, OlderQueues } from './older-system.js';
import { suiteGroup } from './suite-names.js';

/** The queues of the family that has RocketMQ between its services. A forced logout goes to the topic of system messages. */
export function olderTopics(broker: Broker): OlderQueues {
  const publish = async (topic: string, body: object): Promise<void> => {
    const messageGroup = topics.parse(topic)?.type === 'FIFO' ? 'g' : '';
    const value = new TextEncoder().encode(JSON.stringify({ message: { destination: topic, ...body } }));
    await broker.publish({ topic, messageGroup, payload: { $case: 'raw', value } }, { legacyJson: true });
  };
  return {
    send: (kind, serverId, body) => publish(topics.message(kind, serverId), body),
    answer: (kind, _serviceName, body) => publish(topics.result(kind), body),
    logOut: (serverId, userId, terminal) =>
      publish(topics.message('system', serverId), { cmd: 2, receivers: [{ userId, terminal }], sendResult: false, data: 'x' }),
    async serve(serverId, take) {
      const kinds: Kind[] = ['private', 'group', 'system'];
      const consumers = await Promise.all(
        kinds.map((kind) =>
          broker.subscribe({ group: suiteGroup(`mixedOlder_${kind}`), topics: [topics.message(kind, serverId)] }, ({ body }) =>
            take(JSON.parse(new TextDecoder().decode(body)).message),
          ),
        ),
      );
      return async () => void (await Promise.all(consumers.map((consumer) => consumer.close())));
    },
  };
}
