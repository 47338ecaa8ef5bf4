import { COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';

/**
 * Name of a command without the prefix of the enum: `LOGIN`. For a command of an application (1000 and up) or an unknown one, the number in
 * decimal digits, as in the tag in RocketMQ.
 */
export function commandName(command: number): string {
  return COMMANDS[command]?.name ?? String(command);
}

/** True for a command of this protocol or of an application (1000 and up). 10 to 999 are unknown. */
export function isKnownCommand(command: number): boolean {
  return command >= FIRST_APPLICATION_COMMAND || Object.hasOwn(COMMANDS, command);
}
