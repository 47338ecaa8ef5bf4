import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import { UNKNOWN_FIELDS } from '../wire/unknown.js';

/**
 * A copy of a message as a request (`sequence`), a reply (`replyTo`) or a push (0 and 0). All copies have one shape, which the encoder
 * is fastest with; only a message with other keys is copied as it is, so that the encoder sees and refuses them.
 */
export function linked(message: SendInfoInit, sequence: number, replyTo: number): SendInfoInit {
  if (message[UNKNOWN_FIELDS] !== undefined || hasOtherKeys(message)) return { ...message, sequence, replyTo };
  return { cmd: message.cmd, sequence, replyTo, data: message.data };
}

function hasOtherKeys(message: SendInfoInit): boolean {
  for (const key in message) {
    if (key !== 'cmd' && key !== 'sequence' && key !== 'replyTo' && key !== 'data') return true;
  }
  return false;
}
