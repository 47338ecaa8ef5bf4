// The schema in proto/, compiled: what coverage is counted from.
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { buildImage } from '../../../scripts/breaking/baseline.js';
import { readSchema } from '../../../scripts/breaking/schema.js';

export const schema = readSchema(buildImage());
const isOurs = ({ typeName }: { typeName: string }): boolean => typeName.startsWith('im.protocol.v1.');

/** All messages of the protocol. */
export const messages = [...schema.messages.values()].filter(isOurs);
export const enums = [...schema.enums.values()].filter(isOurs);

/** Those that frames carry, by type byte. */
export const frameTypes: ReadonlyMap<number, DescMessage> = new Map(
  messages.flatMap((desc): [number, DescMessage][] => {
    const type = schema.settings.message(desc)?.frameType ?? 0;
    return type === 0 ? [] : [[type, desc]];
  }),
);

/** `UserInfo.userId` */
export function nameOf(field: DescField): string {
  return `${field.parent.name}.${field.jsonName}`;
}

/** The only value of a constant. */
export function constant(name: string): number {
  return Number(schema.constants.get(name)![0]);
}
