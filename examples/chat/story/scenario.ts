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
/** The server on which strangers knock. */
const VISITED = 1;

interface Act {
  readonly title: string;
  /** What must happen, and nothing else. */
  readonly expected: readonly string[];
  readonly action: () => void | Promise<void>;
}

/** Plays all acts; it stops after one in which something was missing: the ledger tells what. */
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
  // What a stranger has signed with a key of its own is worth nothing here.
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
        // After this nothing is under way any more: what comes twice has come twice by now.
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
