// A server dies while people write, and comes back.
import type { Crash, Send } from './conversation.js';
import type { Devices, Stage } from './devices.js';

/** The messages of the act. The senders take turns. */
export function crashMessages({ server, writers }: Crash): Send[] {
  return writers.flatMap(({ from, to, messages }) =>
    Array.from({ length: messages }, (_, i): Send => {
      const clientMessageId = `${from}-${server}-${i + 1}`;
      // It is undefined whether the receiver is online at this moment.
      return { do: 'send', from, to, skipResult: true, content: { clientMessageId, text: { text: `${from} ${i + 1}` } } };
    }),
  );
}

/** Resolves when every message is acknowledged. A few are before the server dies, the others wait for the next one. */
export async function crash(step: Crash, devices: Devices, { system }: Stage): Promise<void> {
  const messages = crashMessages(step);
  let acknowledged = 0;
  let died: Promise<void> | undefined;
  await Promise.all(
    messages.map(async (send) => {
      await devices.send(send);
      acknowledged += 1;
      if (acknowledged === step.after) died = system.servers.get(step.server)!.crash();
    }),
  );
  await died;
}
