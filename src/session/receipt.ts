import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import { SendCode } from '../../generated/types/im/protocol/v1/send_code.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';

/** The message_id that the platform gave to what a push carries; 0 = none. */
export function messageIdOf({ data }: SendInfo): bigint {
  return data !== undefined && 'content' in data.value ? (data.value.content?.messageId ?? 0n) : 0n;
}

/** What a client answers to a push that wants a reply: "SEND_RESULT SUCCESS once the application has it". */
export function receiptOf(push: SendInfo): SendInfoInit {
  const value = { code: SendCode.SUCCESS, cmd: push.cmd, messageId: messageIdOf(push) };
  return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
}
