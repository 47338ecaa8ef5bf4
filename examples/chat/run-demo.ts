// Plays a conversation on this machine and reports whether everything arrived exactly once where it should.
import type { Queue } from './queue/queue.js';
import { Printer } from './show/printer.js';
import type { Conversation } from './story/conversation.js';
import { Directory } from './story/directory.js';
import { Ledger } from './story/ledger.js';
import { MessageIds } from './story/message-ids.js';
import { play } from './story/scenario.js';
import { startSystem } from './story/system.js';

/** It takes about a second. */
const TIMEOUT_MS = 30_000;
/** Where the output is no terminal. */
const DEFAULT_COLUMNS = 160;

/** @returns whether all is well. */
export async function runDemo(conversation: Conversation, queue: Queue): Promise<boolean> {
  const directory = new Directory(conversation);
  const ledger = new Ledger();
  const printer = createPrinter(directory);
  // Whatever hangs, this ends it.
  const timer = setTimeout(() => {
    printer.bad(`The demo did not end within ${TIMEOUT_MS} ms.`);
    report(ledger, printer);
    process.exit(1);
  }, TIMEOUT_MS);
  const system = await startSystem({ queue, directory, ledger, trace: printer });
  try {
    await play({ conversation, directory, system, queue, ledger, ids: new MessageIds(), trace: printer }, printer);
    return report(ledger, printer);
  } catch (error) {
    report(ledger, printer);
    throw error;
  } finally {
    await system.stop();
    clearTimeout(timer);
  }
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

/** Prints the balance and returns whether all is well. */
function report(ledger: Ledger, printer: Printer): boolean {
  printer.line();
  printer.line('what             expected  seen');
  for (const [kind, { expected, seen }] of ledger.totals()) {
    printer.line(`${kind.padEnd(16)} ${String(expected).padStart(8)} ${String(seen).padStart(5)}`);
  }
  printer.line();
  const problems = ledger.problems();
  for (const problem of problems) printer.bad(problem);
  const deliveries = ledger.totals().get('delivery')?.seen;
  if (problems.length === 0)
    printer.good(`All is well: ${deliveries} deliveries, each exactly once where it should be, and nothing else.`);
  else printer.bad(`Not well: ${problems.length} facts did not happen as often as they should.`);
  return problems.length === 0;
}
