// What is let pass of an implementation that does less than the vectors ask for.
import type { JsonObject, JsonValue } from '../json/json-value.js';

export interface Leniency {
  /** It checks no rules: it may accept what breaks them alone. */
  readonly noRules: boolean;
  /**
   * It stands on a protobuf library: it may accept what protobuf takes, its bytes need the right meaning alone, and its JSON has no
   * `$unknown`.
   */
  readonly protobuf: boolean;
}

/** "Everything else with the code INVALID_MESSAGE or COMMAND_DATA_MISMATCH is accepted by a decoder whose validation is off." */
const OF_RULES: ReadonlySet<JsonValue> = new Set(['INVALID_MESSAGE', 'COMMAND_DATA_MISMATCH']);

/** Why the implementation may accept what is to be refused with this error; undefined = it may not. */
export function whyAccepted(error: JsonObject, isStricter: boolean, leniency: Leniency): string | undefined {
  if (leniency.noRules && OF_RULES.has(error.code)) return 'accepted: rules are not checked';
  if (leniency.protobuf && isStricter) return 'accepted: the protocol is stricter than protobuf';
  return undefined;
}

/** The frame as JSON of protobuf libraries has it. */
export function withoutUnknown(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([key]) => key !== '$unknown');
  return Object.fromEntries(known.map(([key, item]) => [key, withoutUnknown(item)]));
}
