import { Command } from '../../generated/types/im/protocol/v1/command.js';

/** "COMPRESSED: never on LOGIN": the length of what is compressed would tell of the token in it. */
export function carriesToken(type: string, message: object): boolean {
  return type === 'LoginInfo' || (type === 'SendInfo' && (message as { cmd?: number }).cmd === Command.LOGIN);
}
