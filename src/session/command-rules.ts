// What a command is to a connection: who sends it, and what answers it.
import { COMMANDS, type CommandProperties, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';

/** Any command of an application: both sides send it, and its reply is the same command. */
const APPLICATION: Pick<CommandProperties, 'fromClient' | 'fromServer'> = { fromClient: true, fromServer: true };

/** Who sends a command of itself; nobody sends an unknown one. */
export function sendersOf(cmd: number): Pick<CommandProperties, 'fromClient' | 'fromServer'> {
  if (cmd >= FIRST_APPLICATION_COMMAND) return APPLICATION;
  return COMMANDS[cmd] ?? { fromClient: false, fromServer: false };
}

/** The command that answers a request, besides ERROR; undefined = it is never a request. "1000 and up -> the same command" */
export function replyOf(cmd: number): number | undefined {
  return cmd >= FIRST_APPLICATION_COMMAND ? cmd : COMMANDS[cmd]?.reply;
}
