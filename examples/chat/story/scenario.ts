// The whole story, act by act: each says what must happen, does it, and waits until it has happened.
import { createTokens } from '../platform/tokens.js';
import type { Printer } from '../show/printer.js';
import { serverName } from '../show/trace.js';
import type { Devices, Stage } from './devices.js';
import { Expectations } from './expectations.js';
import { facts } from './facts.js';
import { knock } from './knock.js';
import { perform, titleOf } from './perform.js';
import { createVisitors, type Visitor } from './visitors.js';

/** What has not happened by then is missing. */
const ACT_TIMEOUT_MS = 10_000;
/** The server for connections that must be refused. */
const VISITED = 1;

interface Act {
  readonly title: string;
  /** What must happen, and nothing else. */
  readonly expected: readonly string[];
  readonly action: () => void | Promise<void>;
}

/** Runs all acts. Stops after an act with missing facts; the ledger lists them. */
export async function play(stage: Stage, devices: Devices, printer: Printer): Promise<void> {
  const acts = await createActs(stage, devices);
  for (const [i, { title, expected, action }] of acts.entries()) {
    printer.step(i + 1, acts.length, title);
    for (const fact of expected) stage.ledger.expect(fact);
    await action();
    if (!(await stage.ledger.settled(ACT_TIMEOUT_MS))) return;
  }
}

async function createActs(stage: Stage, devices: Devices): Promise<Act[]> {
  const { conversation, system, ledger, ids } = stage;
  const expectations = new Expectations(conversation);
  // A token signed with another key must not be accepted.
  const visitors = await createVisitors(await createTokens());
  return [
    ...conversation.timeline.map((step) => ({
      title: titleOf(step),
      expected: expectations.of(step),
      action: () => perform(step, devices, stage),
    })),
    ...visitors.map((visitor) => visit(visitor, stage)),
    {
      title: 'Everyone leaves',
      expected: expectations.atTheEnd(),
      action: async () => {
        // After this nothing is in flight, so duplicates would have arrived.
        await system.broker.idle();
        await devices.heartbeats();
        await devices.close();
        for (const fact of ids.facts()) ledger.saw(fact);
      },
    },
  ];
}

function visit(visitor: Visitor, { system, ledger, trace }: Stage): Act {
  const server = serverName(VISITED);
  return {
    title: visitor.title,
    expected: [facts.visitor(visitor.name, visitor.sees), facts.logged(server, visitor.logged)],
    action: async () => {
      const seen = await knock(visitor, system.servers.get(VISITED)!.port, server, trace);
      ledger.saw(facts.visitor(visitor.name, seen));
    },
  };
}
