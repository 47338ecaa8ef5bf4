import type { DescEnum, DescMessage } from '@bufbuild/protobuf';
import type { FileModel } from './model.js';
import { typeName } from './names.js';

type Type = DescMessage | DescEnum;

/**
 * The names under which models.ts and functions.ts export messages and enums. If two packages have the same name, the package is a prefix:
 * `com_example_polls_v2_Poll`. But of a well-known type and an application's type, only the former gets the prefix.
 */
export function exportNames(files: readonly FileModel[]): (type: Type) => string {
  const owners = new Map<string, Type[]>();
  for (const { messages, enums } of files) {
    for (const type of [...messages.map(({ desc }) => desc), ...enums]) {
      const name = typeName(type);
      owners.set(name, [...(owners.get(name) ?? []), type]);
    }
  }
  return (type) => {
    const name = typeName(type);
    const others = (owners.get(name) ?? []).filter((other) => other !== type);
    const isPlain = isWellKnown(type) ? others.length === 0 : others.every(isWellKnown);
    return isPlain ? name : `${type.file.proto.package.replaceAll('.', '_')}_${name}`;
  };
}

const isWellKnown = ({ file }: Type): boolean => file.proto.package === 'google.protobuf';
