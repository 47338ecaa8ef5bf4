import { COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { PROTOCOL_VERSION } from '../limits.js';

/**
 * Name of a command without the prefix of the enum: `LOGIN`. For a command of an application (1000 and up) or an unknown one, the number in
 * decimal digits, as in the tag in RocketMQ.
 */
export function commandName(command: number): string {
  return COMMANDS[command]?.name ?? String(command);
}

/**
 * True for a command that this specification has in `version`, and for those of applications (1000 and up).
 * @param version of the frame or connection, 1 to 127. Default: the newest.
 */
export function isKnownCommand(command: number, version: number = PROTOCOL_VERSION): boolean {
  if (command >= FIRST_APPLICATION_COMMAND) return true;
  return command in COMMANDS && sinceOfCommand(command) <= version;
}

/** @internal The version that introduced a command; 1 for one that is unknown. */
export function sinceOfCommand(command: number): number {
  return COMMANDS[command]?.since ?? 1;
}
