import { ReceiveInfoTable } from '../../generated/table/im/protocol/v1/receive_info.js';
import { SendResultTable } from '../../generated/table/im/protocol/v1/send_result.js';
import { scanFields } from '../codec/scan.js';
import { HEADER_BYTES } from '../limits.js';
import type { MessageTable } from '../wire/table.js';
import type { Delivery } from './broker.js';
import { messageIdOf } from './message-facts.js';

/**
 * What makes two deliveries the same to an application, whatever RocketMQ calls them: the topic (and so the server), the command, our
 * message_id, of a result its outcome, and the receivers. One message reaches a server in several ReceiveInfos, for its receivers and for
 * the sender's other terminals, and these are not the same.
 *
 * Undefined where the message has no id of ours: FORCE_LOGOUT, commands of applications, raw bytes.
 */
export function deliveryKey({ message: { topic, payload }, body }: Delivery): string | undefined {
  if (payload === undefined || payload.$case === 'raw') return undefined;
  const messageId = messageIdOf(payload);
  if (messageId === 0n) return undefined;
  const code = payload.$case === 'sendResult' ? payload.value.code : 0;
  const table = payload.$case === 'sendResult' ? SendResultTable : ReceiveInfoTable;
  return [topic, payload.value.cmd, messageId, code, receiversDigest(table, body)].join('/');
}

/** 64 bits of the bytes of the field `receivers`: 10,000 of them are not decoded and joined for this. */
function receiversDigest(table: MessageTable, frame: Uint8Array): string {
  // Two of FNV-1a's, from different starts: for one message, a handful of lists are told apart.
  let [a, b] = [0x811c9dc5, 0x01000193];
  const fields = table.fields.filter(({ name }) => name === 'receivers');
  scanFields(fields, frame, HEADER_BYTES, frame.length, (_field, _at, value, end) => {
    for (let i = value; i < end; i++) {
      a = Math.imul(a ^ frame[i], 0x01000193);
      b = Math.imul(b ^ frame[i], 0x85ebca6b);
    }
  });
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
