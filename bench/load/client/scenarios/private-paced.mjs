// One to one, at a rate that every contender can keep: messages leave when they are due, whether or not earlier ones have arrived.
import { Latencies } from '../latencies.mjs';
import { metered } from '../metered.mjs';
import { closeAll, openAll } from '../open-all.mjs';
import { pairs } from '../pair.mjs';
import { sendFor } from './private.mjs';

const TICK_MS = 1;

export async function run(context, { pairs: count, perSecond, fullLoadMs, warmUpMs, milliseconds }) {
  const connections = await openAll(context, 2 * count);
  const all = pairs(connections);
  // A server compiles its code during the first twenty thousand messages. At this rate that would take ten seconds.
  await sendFor(all, fullLoadMs, new Latencies());
  await sendAt(all, perSecond, warmUpMs, new Latencies());
  const latencies = new Latencies();
  const cost = await metered(context.server, () => sendAt(all, perSecond, milliseconds, latencies));
  closeAll(connections);
  return { ...cost, ...latencies.summary() };
}

function sendAt(all, perSecond, milliseconds, latencies) {
  const start = performance.now();
  const total = Math.floor((perSecond * milliseconds) / 1000);
  let sent = 0;
  let delivered = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - start) * perSecond) / 1000));
      for (; sent < due; sent++) all[sent % all.length].send(sent);
      if (sent === total) clearInterval(timer);
    }, TICK_MS);
    for (const pair of all) {
      pair.onDelivery = (latency) => {
        latencies.record(latency);
        delivered++;
      };
      pair.onIdle = () => {
        if (delivered === total) resolve(total);
      };
    }
  });
}
