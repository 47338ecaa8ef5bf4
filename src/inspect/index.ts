// Entry `@im/protocol/inspect`: which bytes say what.
export { inspect } from './inspect.js';
export type { InspectOptions, InspectType } from './inspect-options.js';
export { leaves } from './leaves.js';
export type { Inspection, Part, PartKind, PartValue, Problem } from './part.js';
