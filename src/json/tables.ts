// The messages of this protocol by name.
import type { Messages } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import { quoted } from '../wire/quoted.js';
import type { MessageTable } from '../wire/table.js';
import * as models from './models.js';

export type { Messages };

/** A longer name is cut. */
const SHOWN_CHARS = 64;

/** The name of a message of this protocol: `SendInfo`, `Content`; `Any` too. */
export type ModelName = keyof Messages;

/** The type of the message with this name. */
export type Model<Name extends ModelName> = Messages[Name]['message'];

/** What a message with this name is made from: fields may be left out. */
export type ModelInit<Name extends ModelName> = Messages[Name]['init'];

const MODELS: Readonly<Record<string, object>> = models;

/** The table of a message. @throws ProtocolError UNSUPPORTED_TYPE where there is no such message. */
export function tableOf(name: string): MessageTable {
  const model = Object.hasOwn(MODELS, name) ? (MODELS[name] as { generated?: { table: MessageTable } }) : undefined;
  if (model?.generated === undefined)
    throw new ProtocolError('UNSUPPORTED_TYPE', `no message is called ${quoted(name, SHOWN_CHARS)}`);
  return model.generated.table;
}
