// The schema of version 1, compiled: what the coverage of vectors/*.json is counted from.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BASELINE_FOLDER } from '../../../scripts/breaking/baseline.js';
import { readSchema } from '../../../scripts/breaking/schema.js';

export const schema = readSchema(readFileSync(join(BASELINE_FOLDER, 'v1.0.0.binpb')));
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
