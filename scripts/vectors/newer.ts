// What version 2 adds.
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { settings } from './values.js';

export function isNewMessage(desc: DescMessage): boolean {
  return (settings.message(desc)?.since ?? 0) > 1;
}

/** A field of version 2 in a message of version 1. */
export function isNewField(field: DescField): boolean {
  return !isNewMessage(field.parent) && (settings.field(field)?.since ?? 0) > 1;
}

/** `GroupMessage` and `group_message` as `group-message`. */
export function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}
