// Private messages at full load: each pair sends its next message when the last one is delivered and acknowledged.
import { Latencies } from '../latencies.mjs';
import { metered } from '../metered.mjs';
import { closeAll, openAll } from '../open-all.mjs';
import { pairs } from '../pair.mjs';

export async function run(context, { pairs: count, warmUpMs, milliseconds }) {
  const connections = await openAll(context, 2 * count);
  const all = pairs(connections);
  await sendFor(all, warmUpMs, new Latencies());
  const latencies = new Latencies();
  const cost = await metered(context.server, () => sendFor(all, milliseconds, latencies));
  closeAll(connections);
  return { ...cost, ...latencies.summary() };
}

export function sendFor(all, milliseconds, latencies) {
  const end = performance.now() + milliseconds;
  let sent = 0;
  let busy = all.length;
  return new Promise((resolve) => {
    for (const pair of all) {
      pair.onDelivery = (latency) => latencies.record(latency);
      pair.onIdle = () => {
        if (performance.now() < end) pair.send(sent++);
        else if (--busy === 0) resolve(sent);
      };
      pair.send(sent++);
    }
  });
}
