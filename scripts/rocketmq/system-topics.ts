// Creates the topics and groups of the system, which RocketMQ's proxy does not create.
import { SERVICES } from '../../examples/chat/platform/consumer-groups.js';
import { consumerGroup, topics } from '../../src/rocketmq/index.js';
import type { Cluster } from './cluster/cluster.js';

/** Creates the topics and the groups of an IM server. */
export async function createServer(cluster: Cluster, serverId: string | number): Promise<void> {
  await createTopics(cluster, topics.ofServer(serverId));
  await cluster.createGroup(consumerGroup('server', serverId), { orderly: true });
  await createTopics(cluster, topics.ofEvents(serverId));
  await cluster.createGroup(consumerGroup('event', serverId), { orderly: true });
}

/** Creates the group of a service. Orderly, since it may read FIFO topics. */
export async function createService(cluster: Cluster, name: string): Promise<string> {
  const group = consumerGroup('service', name);
  await cluster.createGroup(group, { orderly: true });
  return group;
}

/** The servers of examples/chat. */
export const CHAT_SERVERS = [1, 2];

/** Creates everything for examples/chat: its servers, the topics to the platform, and the groups of its platform. */
export async function createChat(cluster: Cluster): Promise<void> {
  for (const serverId of CHAT_SERVERS) await createServer(cluster, serverId);
  await createTopics(cluster, [...topics.ofResults(), ...topics.ofUplinks()]);
  for (const name of Object.values(SERVICES)) await createService(cluster, name);
}

async function createTopics(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (const name of names) await cluster.createTopic(name, topics.parse(name)!.type);
}
