// Converts tshark's output for a frame to the JSON of the vectors.
import type { DescMessage } from '@bufbuild/protobuf';
import { filterName } from '../../generate-dissector/message-table.js';
import { readDocumentedSchema } from '../../update-docs/documented-schema.js';
import { messageOf } from './message.js';
import type { Item } from './pdml.js';

/** An error that the dissector reports. */
export interface DissectedError {
  readonly code: string | number;
  readonly offset?: number | undefined;
  readonly path?: string | undefined;
  readonly rule?: string | undefined;
}

/** A frame, or bytes in its place. */
export interface Dissected {
  readonly frame?: { version: number; type: string; flags: number; message: object };
  readonly errors: readonly DissectedError[];
  readonly size: number;
  /** Its line in the tree. */
  readonly line: string;
}

const schema = readDocumentedSchema();
const payloads: ReadonlyMap<string, DescMessage> = new Map(
  schema.messages.filter((desc) => schema.settings.message(desc)?.frameType).map((desc) => [`im.${filterName(desc)}`, desc]),
);
const errorNames = new Map(
  schema.enums.find(({ name }) => name === 'ErrorCode')?.values.map((value) => [value.number, value.localName]),
);

/** @param root the tree item of a frame. */
export function dissected(root: Item): Dissected {
  const errors = [...all(root)].filter(({ name }) => name === 'im.error').map(errorOf);
  const payload = root.items.find((item) => payloads.has(item.name));
  if (payload === undefined) return { errors, size: root.size, line: root.line };
  const desc = payloads.get(payload.name)!;
  const number = (name: string): number => Number(root.items.find((item) => item.name === name)?.show);
  const frame = {
    version: number('im.version'),
    type: desc.name,
    flags: number('im.flags'),
    message: messageOf(desc, payload.items),
  };
  return { frame, errors, size: root.size, line: root.line };
}

function* all(item: Item): Generator<Item> {
  for (const inner of item.items) {
    yield inner;
    yield* all(inner);
  }
}

function errorOf(item: Item): DissectedError {
  const text = (name: string): string | undefined => item.items.find((inner) => inner.name === `im.error.${name}`)?.show;
  const [offset, path] = [text('offset'), text('path')];
  return {
    code: errorNames.get(Number(item.show)) ?? item.show,
    ...(offset !== undefined && { offset: Number(offset) }),
    // tshark escapes nonprintable characters as `\x7f`.
    ...(path !== undefined && {
      path: path.replace(/\\x([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    }),
    ...(text('rule') !== undefined && { rule: text('rule') }),
  };
}
