// The topics and groups of the system, made by an operator: RocketMQ's proxy makes none by itself.
import { consumerGroup, topics } from '../../src/rocketmq/index.js';
import type { Cluster } from './cluster/cluster.js';

/** The topics of an IM server, and the group that it consumes them in. */
export async function createServer(cluster: Cluster, serverId: string | number): Promise<void> {
  await createTopics(cluster, topics.ofServer(serverId));
  await cluster.createGroup(consumerGroup('server', serverId), { orderly: true });
}

/** The group of a service. Orderly, since it may read topics that keep an order. */
export async function createService(cluster: Cluster, name: string): Promise<string> {
  const group = consumerGroup('service', name);
  await cluster.createGroup(group, { orderly: true });
  return group;
}

/** The servers of examples/chat. */
export const CHAT_SERVERS = [1, 2];

/** All that examples/chat needs: its servers, the topics that results come back on, and the group of its platform. */
export async function createChat(cluster: Cluster): Promise<void> {
  for (const serverId of CHAT_SERVERS) await createServer(cluster, serverId);
  await createTopics(cluster, topics.ofResults());
  await createService(cluster, 'chat');
}

async function createTopics(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (const name of names) await cluster.createTopic(name, topics.parse(name)!.type);
}
