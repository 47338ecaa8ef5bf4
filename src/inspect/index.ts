// Entry `@im/protocol/inspect`: which bytes say what.

export type { InspectOptions, InspectType } from './inspect.js';
export { inspect } from './inspect.js';
export type { Inspection, Part, PartKind, PartValue, Problem } from './part.js';
export { leaves } from './part.js';
