// Private messages at full load, while the server is observed and not observed in turn. Both halves of a pair of windows meet the same machine, so the
// ratio shows differences of a few percent, which rounds in separate processes do not.
import { quartiles } from '../../../measure.mjs';
import { Latencies } from '../latencies.mjs';
import { metered } from '../metered.mjs';
import { closeAll, openAll } from '../open-all.mjs';
import { pairs } from '../pair.mjs';
import { sendFor } from './private.mjs';

export async function run(context, { pairs: count, windows, warmUpMs, milliseconds }) {
  const connections = await openAll(context, 2 * count);
  const { server } = context;
  const all = pairs(connections);
  const window = async (isOn) => {
    await server.observe(isOn);
    // V8 compiles hot functions again after a change of subscribers.
    await sendFor(all, warmUpMs, new Latencies());
    return (await metered(server, () => sendFor(all, milliseconds, new Latencies()))).serverUs;
  };
  for (const isOn of [false, true]) await window(isOn);
  const results = [];
  for (let i = 0; i < windows; i++) {
    // The order alternates: what the first window leaves to the garbage collector is paid in the second.
    const order = i % 2 === 0 ? [false, true] : [true, false];
    const cost = {};
    for (const isOn of order) cost[isOn] = await window(isOn);
    results.push({ off: cost.false, on: cost.true, ratio: cost.true / cost.false });
  }
  closeAll(connections);
  const of = (key) => quartiles(results.map((result) => result[key]));
  return { off: of('off').median, on: of('on').median, ratio: of('ratio').median };
}
