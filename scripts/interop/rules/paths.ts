// Paths of protovalidate as paths of this package.
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { entryPath, joinPath } from '../../../src/wire/issues.js';
import type { Settings } from '../../protoc-gen-im-protocol/settings.js';
import type { Step } from './case.js';

export function pathText(steps: readonly Step[], desc: DescMessage, settings: Settings): string {
  let path = '';
  let message: DescMessage | undefined = desc;
  for (const [name, subscript] of steps) {
    const field: DescField | undefined = message?.fields.find((one) => one.name === name);
    const oneof = message?.oneofs.find((one) => one.name === name);
    if (field === undefined && oneof === undefined) return `${path}.(unknown ${name})`;
    path = joinPath(path, field === undefined ? (oneof?.localName ?? name) : stepText(field, subscript, settings));
    message = field?.message;
  }
  return path;
}

function stepText(field: DescField, subscript: string | null, settings: Settings): string {
  if (subscript === null) return field.jsonName;
  if (field.fieldKind !== 'map') return `${field.jsonName}[${subscript}]`;
  const own = settings.field(field);
  if (own?.sensitive || own?.keys?.sensitive) return entryPath(field.jsonName, '***');
  // Keys of text are quoted.
  return entryPath(field.jsonName, field.mapKey === STRING ? subscript : { toString: () => subscript });
}

/** `ScalarType.STRING` */
const STRING = 9;

/** The message at the path of an issue about a oneof. */
export function messageAt(path: string, desc: DescMessage): DescMessage | undefined {
  let message: DescMessage | undefined = desc;
  for (const name of path === '' ? [] : namesOf(path)) {
    message = message?.fields.find(({ jsonName }) => jsonName === name)?.message;
  }
  return message;
}

/** The names of the fields in a path, without subscripts. */
function namesOf(path: string): string[] {
  return path.replace(/\[(?:"(?:\\.|[^"\\])*"|[^\]"]*)\]/g, '').split('.');
}
