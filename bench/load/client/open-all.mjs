import { Connection } from './connection.mjs';
import { sourceAddresses } from './source-addresses.mjs';

/** Connections opened at the same time: fewer than the backlog of any server. */
const AT_A_TIME = 64;

/** A connection for each of the first `count` users, logged in, in their order. */
export async function openAll({ Protocol, port, users }, count) {
  const connections = [];
  const from = sourceAddresses(count);
  let next = 0;
  const work = async () => {
    while (next < count) {
      const i = next++;
      connections[i] = await Connection.open(new Protocol(users[i], port), port, from[i % from.length]);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return connections;
}

export function closeAll(connections) {
  for (const connection of connections) connection.close();
}
