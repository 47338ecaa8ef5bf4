// The whole story, step by step: each step says what must happen, does it, and waits until it has happened.

import { createTokens } from '../platform/tokens.js';
import type { Printer } from '../show/printer.js';
import { serverName } from '../show/trace.js';
import { Devices, type Stage } from './devices.js';
import { Expectations } from './expectations.js';
import { facts } from './facts.js';
import { knock } from './knock.js';
import { perform, titleOf } from './perform.js';
import { createVisitors } from './visitors.js';

/** What has not happened by then is missing. */
const STEP_TIMEOUT_MS = 3000;
/** The server on which strangers knock. */
const VISITED = 1;

export async function play(stage: Stage, printer: Printer): Promise<void> {
  const { conversation, system, queue, ledger, ids, trace } = stage;
  const visitors = await createVisitors(await createTokens());
  const expectations = new Expectations(conversation);
  const devices = new Devices(stage);
  const total = conversation.timeline.length + visitors.length + 1;
  let n = 0;
  const act = async (title: string, expected: readonly string[], action: () => void | Promise<void>): Promise<void> => {
    n += 1;
    printer.step(n, total, title);
    for (const fact of expected) ledger.expect(fact);
    await action();
    await ledger.settled(STEP_TIMEOUT_MS);
  };

  for (const step of conversation.timeline) await act(titleOf(step), expectations.of(step), () => perform(step, devices, stage));
  for (const visitor of visitors) {
    const server = serverName(VISITED);
    await act(visitor.title, [facts.visitor(visitor.name, visitor.sees), facts.logged(server, visitor.logged)], async () => {
      const seen = await knock(visitor, system.servers.get(VISITED)!.ports, server, trace);
      ledger.saw(facts.visitor(visitor.name, seen));
    });
  }
  await act('Everyone leaves', expectations.atTheEnd(), async () => {
    // Nothing is under way any more after this: what comes twice has come twice by now.
    await queue.close();
    await devices.heartbeats();
    devices.logoutAll();
    for (const fact of ids.facts()) ledger.saw(fact);
  });
}
