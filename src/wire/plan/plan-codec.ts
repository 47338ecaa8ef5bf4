// What generated code exports of a message, by its plan instead of generated functions. A plan is parsed at its first use. Each function takes only
// the parts of the interpreter that it needs, so that a bundle has no others.
import { type Codec, createCodec, type FrameEntry, type Generated, type MessageMap, type Registry } from '../codec.js';
import { newerMarks } from '../newer.js';
import type { EnumTable, MessageTable } from '../table.js';
import { checkMessage } from './check.js';
import { estimateMessage, writeMessage } from './encode.js';
import type { MessagePlan } from './plan.js';
import { readMessage } from './read.js';
import type { Schema } from './schema.js';

type Properties = Record<string, unknown>;

/** @internal The codec of a message of a schema. */
export function planCodec<T extends object, Init extends object, Name extends string>(
  schema: Schema,
  name: string,
): Codec<T, Init, Name> {
  return createCodec<T, Init, Name>(planParts<T, Init>(schema, name));
}

/** @internal The registry of the messages that have a frame type, in its order. */
export function planRegistry<M extends MessageMap>(version: number, ...schemas: readonly Schema[]): Registry<M> {
  const entries = schemas.flatMap((schema) => schema.frames.map(({ name }) => planFrame(schema, name)));
  entries.sort((a, b) => a.type - b.type);
  return { version, frames: Object.fromEntries(entries.map((entry) => [entry.name, entry])) as Registry<M>['frames'] };
}

/** @internal The entry of a message in the registry. */
export function planFrame<Name extends string, T extends object, Init extends object>(
  schema: Schema,
  name: Name,
): FrameEntry<Name, T, Init> {
  const frame = schema.frames.find((each) => each.name === name) as Omit<FrameEntry<Name>, 'codec'>;
  return { ...frame, codec: { generated: planParts<T, Init>(schema, name), newerMarks } };
}

/** @hidden The parts of a codec of a message of a schema. */
export function planParts<T extends object, Init extends object>(schema: Schema, name: string): Generated<T, Init> {
  let parsed: MessagePlan | undefined;
  const plan = (): MessagePlan => (parsed ??= schema.message(name));
  return {
    get table() {
      return plan();
    },
    estimate: (message, depth) => estimateMessage(plan(), message as Properties, depth),
    write: (message, b, p) => writeMessage(plan(), message as Properties, b, p),
    read: (b, p, e, d, m) => readMessage(plan(), b, p, e, d, m as Properties | undefined) as T,
    check: (message, isSeen) => checkMessage(plan(), message as Properties, isSeen),
  };
}

/** @internal The table of a message. */
export function planTable(schema: Schema, name: string): MessageTable {
  return schema.message(name);
}

/** @hidden The table of an enum. */
export function enumPlan(schema: Schema, name: string): EnumTable {
  return schema.enum(name);
}

/** @internal The check of a message. */
export function planCheck<Init extends object>(schema: Schema, name: string): (message: Init) => ReturnType<typeof checkMessage> {
  return (message) => checkMessage(schema.message(name), message as Properties);
}

/** @internal The estimate of a message. */
export function planEstimate<Init extends object>(schema: Schema, name: string): (message: Init, depth?: number) => number {
  return (message, depth) => estimateMessage(schema.message(name), message as Properties, depth);
}
