// Entry `@im/protocol/inspect`: explains the bytes of frames.

export type { InspectType } from './frame-rules.js';
export type { InspectOptions } from './inspect.js';
export { inspect } from './inspect.js';
export type { Inspection, Part, PartKind, PartValue, Problem } from './part.js';
export { leaves } from './part.js';
