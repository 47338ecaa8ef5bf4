// Plays a conversation on this machine and reports whether everything arrived exactly once where it should.
import type { Broker } from '@im/protocol/rocketmq';
import { inMemory, type OpenRoutes } from './broker/open-routes.js';
import { Printer } from './show/printer.js';
import type { Conversation } from './story/conversation.js';
import { Devices, type Stage } from './story/devices.js';
import { Directory } from './story/directory.js';
import { type Count, Ledger } from './story/ledger.js';
import { MessageIds } from './story/message-ids.js';
import { play } from './story/scenario.js';
import { startSystem } from './story/system.js';

/** The demo takes a few seconds. */
const TIMEOUT_MS = 60_000;
/** Where the output is no terminal. */
const DEFAULT_COLUMNS = 160;

/** @returns whether all is well. */
export async function runDemo(
  conversation: Conversation,
  broker: Broker,
  { routes, close }: OpenRoutes = inMemory(),
): Promise<boolean> {
  const directory = new Directory(conversation);
  const ledger = new Ledger();
  const printer = createPrinter(directory);
  // Whatever hangs, this ends it.
  const timer = setTimeout(() => {
    report(ledger.totals, ledger.problems, printer);
    printer.bad(`The demo did not end within ${TIMEOUT_MS} ms.`);
    process.exit(1);
  }, TIMEOUT_MS);
  const system = await startSystem({ broker, routes, directory, ledger, trace: printer });
  const stage: Stage = { conversation, directory, system, ledger, ids: new MessageIds(), trace: printer };
  const devices = new Devices(stage);
  const failure = await play(stage, devices, printer)
    .then(() => undefined)
    .catch((error: unknown) => ({ error }));
  // Before everything is stopped, which ends connections too.
  const { totals, problems } = ledger;
  await devices.close();
  await system.stop();
  await broker.close();
  await close();
  clearTimeout(timer);
  report(totals, problems, printer);
  if (failure !== undefined) throw failure.error;
  return problems.length === 0;
}

function createPrinter(directory: Directory): Printer {
  const { stdout, env } = process;
  return new Printer({
    write: (text) => stdout.write(text),
    // https://no-color.org: "when present and not an empty string"
    colours: stdout.isTTY && (env.NO_COLOR ?? '') === '',
    columns: stdout.columns ?? DEFAULT_COLUMNS,
    nameOf: (userId) => directory.userName(userId),
  });
}

/** Prints the counts and the problems. */
function report(totals: ReadonlyMap<string, Count>, problems: readonly string[], printer: Printer): void {
  printer.line();
  printer.line('what             expected  seen');
  for (const [kind, { expected, seen }] of totals) {
    printer.line(`${kind.padEnd(16)} ${String(expected).padStart(8)} ${String(seen).padStart(5)}`);
  }
  printer.line();
  for (const problem of problems) printer.bad(problem);
  const deliveries = totals.get('delivery')?.seen;
  const well = `All is well: ${deliveries} deliveries, each exactly once where it should be, and nothing else.`;
  if (problems.length === 0) printer.good(well);
  else printer.bad(`Not well: ${problems.length} facts did not happen as often as they should.`);
}
