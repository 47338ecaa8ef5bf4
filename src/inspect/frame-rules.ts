// How the frames of an inspection are read.
import type { ReadRules } from '../codec/read-frame.js';
import type { MessageTable } from '../wire/table.js';
import type { Problem } from './part.js';

/** A message type, such as any generated codec. */
export interface InspectType {
  readonly generated: { readonly table: MessageTable };
}

export interface FrameRules {
  readonly read: ReadRules;
  readonly maxFrameBytes: number;
  readonly secrets: boolean;
  /** Known messages for Any, by full name. */
  readonly types: ReadonlyMap<string, MessageTable>;
  /** The messages of application frame types, by type number. */
  readonly payloads: ReadonlyMap<number, InspectType>;
  /** How many more parts may be created. */
  readonly budget: { parts: number };
  /** All problems so far, shared by all frames. */
  readonly problems: Problem[];
}
