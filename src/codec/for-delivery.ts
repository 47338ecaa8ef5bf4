import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import { ProtocolError } from '../errors.js';
import { defaultOf } from '../wire/create-message.js';
import { hasOwn } from '../wire/older-engines.js';
import type { FieldTable, MessageTable } from '../wire/table.js';
import { UNKNOWN_FIELDS } from '../wire/unknown.js';

/** The `data` of a SendInfo, ReceiveInfo or SendResult, decoded or to be encoded. */
export interface Data {
  /** Name of the member: `privateMessage`. */
  readonly $case: string;
  /** The message in it. */
  readonly value: object;
}

type Properties = Record<PropertyKey, unknown>;

/**
 * Returns the data of a ReceiveInfo in delivery form: receiver lists, terminals, `skip_*` and `everyone` are cleared, so that a receiver
 * does not see the other receivers, and the server can forward the bytes unchanged. The platform's SDK calls it for the `data` of each ReceiveInfo;
 * the 10,000 receivers of a group are then in `receivers` alone.
 *
 * Fields that the schema marks `routing` get their default. Everything else, unknown fields included, is shared with the input, which is not
 * changed: the result is a new `{ $case, value }` with a new message.
 * @param data undefined is returned as it is.
 * @throws ProtocolError INVALID_MESSAGE if `data` has a `$case` that does not exist.
 */
export function forDelivery<D extends Data | undefined>(data: D): D {
  if (data === undefined) return data;
  const { fields } = memberTable(data.$case);
  const value: Properties = { ...data.value };
  for (const field of fields) {
    if (field.routing && hasOwn(value, field.name)) value[field.name] = cleared(field);
  }
  const unknown = (data.value as Properties)[UNKNOWN_FIELDS];
  if (unknown !== undefined) value[UNKNOWN_FIELDS] = unknown;
  return { ...data, value };
}

/** "The members have the same field numbers in all three messages", and SendInfo has all members. */
function memberTable(name: string): MessageTable {
  const field = SendInfoTable.fields.find((candidate) => candidate.oneof === 'data' && candidate.name === name);
  if (field?.message !== undefined) return field.message();
  const message = 'needs { $case, value } with the name of a member';
  throw new ProtocolError('INVALID_MESSAGE', `data: ${message}`, {
    path: 'data',
    issues: [{ path: 'data', rule: 'type', message }],
  });
}

function cleared(field: FieldTable): unknown {
  if (field.kind === undefined) return defaultOf(field);
  return field.kind === 'list' ? [] : new Map();
}
