// One to many: a member writes to the group, all members get it, and then comes the next. In bursts, several are written at once, and
// reach the server together.
import { content, GROUP } from '../../world.mjs';
import { arrival } from '../clock.mjs';
import { Latencies } from '../latencies.mjs';
import { metered } from '../metered.mjs';
import { closeAll, openAll } from '../open-all.mjs';

export async function run(context, { members, burst, warmUpMs, milliseconds }) {
  const connections = await openAll(context, members);
  await sendFor(connections, burst, warmUpMs, new Latencies());
  const latencies = new Latencies();
  const cost = await metered(context.server, () => sendFor(connections, burst, milliseconds, latencies));
  closeAll(connections);
  return { ...cost, ...latencies.summary() };
}

/** @returns how many deliveries there were. */
function sendFor(connections, burst, milliseconds, latencies) {
  const [sender, ...others] = connections;
  const end = performance.now() + milliseconds;
  let sent = 0;
  let sentAtMs;
  let missing = 0;
  return new Promise((resolve) => {
    const send = () => {
      const messages = Array.from({ length: burst }, () => sender.protocol.groupMessage(GROUP, content(sent++)));
      // The sender is a member, and gets an acknowledgement besides.
      missing = burst * (connections.length + 1);
      sentAtMs = performance.now();
      sender.write(Buffer.concat(messages));
    };
    const arrived = () => {
      if (--missing > 0) return;
      if (performance.now() < end) send();
      else resolve(sent * connections.length);
    };
    sender.onMessage = arrived;
    const delivered = () => {
      latencies.record(arrival.atMs - sentAtMs);
      arrived();
    };
    for (const connection of others) connection.onMessage = delivered;
    send();
  });
}
