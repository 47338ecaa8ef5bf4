/**
 * Key under which a decoded message keeps the fields that its schema does not know: their bytes as they came, tags included, in one
 * array (a copy). Encoding writes them back behind the known fields. A registered symbol, so that both copies of the package (ESM and
 * CommonJS) see it; absent where there is nothing unknown.
 */
export const UNKNOWN_FIELDS: unique symbol = Symbol.for('@im/protocol unknown fields') as never;

/** A message that may keep unknown fields. */
export interface WithUnknownFields {
  [UNKNOWN_FIELDS]?: Uint8Array;
}
