// What a peer costs that sends frames which the server has to refuse. Each sender stays within the budget of refusals, writes its frames at once,
// and waits for all ERRORs.
import { content } from '../../world.mjs';
import { metered } from '../metered.mjs';
import { closeAll, openAll } from '../open-all.mjs';

export async function run(context, { senders, warmUpSenders, framesEach }) {
  const connections = await openAll(context, warmUpSenders + senders);
  await sendFrom(context, connections.slice(0, warmUpSenders), framesEach);
  const cost = await metered(context.server, () => sendFrom(context, connections.slice(warmUpSenders), framesEach));
  closeAll(connections);
  return cost;
}

async function sendFrom({ Protocol }, connections, count) {
  const contents = Array.from({ length: count }, (_, i) => content(i));
  for (const connection of connections) {
    await new Promise((resolve) => {
      let missing = count;
      connection.onMessage = (_, bytes, start, end) => {
        Protocol.requireError(bytes.subarray(start, end));
        if (--missing === 0) resolve();
      };
      connection.write(connection.protocol.badMessages(connection.user, contents));
    });
  }
  return connections.length * count;
}
