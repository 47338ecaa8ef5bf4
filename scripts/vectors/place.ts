// Where a message occurs: the shortest way to it from a frame, and frames that have it there.
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { leastOf, listOf, listWith, minimal, schema, settings } from './values.js';

const ours = [...schema.messages.values()].filter(({ typeName }) => typeName.startsWith('im.protocol.v1.'));

/** All messages of the protocol. */
export const MESSAGES: readonly DescMessage[] = ours;
export const FRAMES: readonly DescMessage[] = ours
  .filter((desc) => frameTypeOf(desc) > 0)
  .sort((a, b) => frameTypeOf(a) - frameTypeOf(b));

export function frameTypeOf(desc: DescMessage): number {
  return settings.message(desc)?.frameType ?? 0;
}

const ways = new Map<DescMessage, readonly DescField[]>(FRAMES.map((desc) => [desc, []]));
for (const [desc, way] of ways) {
  for (const field of desc.fields)
    if (field.message && field.fieldKind !== 'map' && !ways.has(field.message)) ways.set(field.message, [...way, field]);
}

export interface Placed {
  readonly frame: ReflectMessage;
  /** The path of the message in the frame: `privateMessage.content`, or empty. */
  readonly path: string;
}

/** A frame with the message in it. */
export function placed(message: ReflectMessage): Placed {
  return along(ways.get(message.desc)!, message);
}

/** A frame with the message as the value of these fields, or as the first element of them. */
function along(way: readonly DescField[], message: ReflectMessage): Placed {
  let frame = message;
  let path = '';
  for (const field of [...way].reverse()) {
    const outer = minimal(field.parent, field);
    outer.set(
      field,
      field.fieldKind === 'list' ? listWith(field, [frame, ...[...listOf(field, leastOf(field))].slice(1)]) : frame,
    );
    path = `${field.jsonName}${field.fieldKind === 'list' ? '[0]' : ''}${path === '' ? '' : `.${path}`}`;
    frame = outer;
  }
  return { frame, path };
}

export function join(path: string, rest: string): string {
  if (path === '' || rest === '' || rest.startsWith('[')) return path + rest;
  return `${path}.${rest}`;
}
