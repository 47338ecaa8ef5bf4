import type { OlderQueues, Redis } from './older-system.js';

/** The queues of box-im: lists in Redis, which are read every few milliseconds. */
export function olderLists(redis: Redis): OlderQueues {
  const push = async (key: string, body: object): Promise<void> => void (await redis('RPUSH', key, JSON.stringify(body)));
  return {
    send: (kind, serverId, body) => push(`im:message:${kind}:${serverId}`, body),
    answer: (kind, serviceName, body) => push(`im:result:${kind}:${serviceName}`, body),
    logOut: (serverId, userId, terminal) => push(`im:user:force_logout:${serverId}`, { userId, terminal }),
    async serve(serverId, take) {
      const keys = [
        ...['private', 'group', 'system'].map((kind) => `im:message:${kind}:${serverId}`),
        `im:user:force_logout:${serverId}`,
      ];
      let isStopped = false;
      const loop = (async () => {
        while (!isStopped) {
          for (const key of keys) {
            for (let text = await redis('LPOP', key); text !== null; text = await redis('LPOP', key))
              take(JSON.parse(String(text)));
          }
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      return async () => {
        isStopped = true;
        await loop;
      };
    },
  };
}
