// The issues of refused vectors, each with the message that it is about.
import type { DescField, DescOneof } from '@bufbuild/protobuf';
import type { ReflectList, ReflectMessage } from '@bufbuild/protobuf/reflect';
import { decodedVectors } from './decoded.js';

export interface FoundIssue {
  readonly vector: string;
  readonly rule: string;
  /** The message whose rule is broken. */
  readonly message: ReflectMessage;
  /** What of it; undefined = the message itself. */
  readonly about: DescField | DescOneof | undefined;
}

/** Steps of a path: `receivers`, `[3]`, `["k"]`. */
const STEP = /\[\d+\]|\["(?:[^"\\]|\\.)*"\]|[^.[\]]+/g;

/** Rules of whole messages: where a path ends in a field, they are about the message in it. */
const OF_MESSAGES: ReadonlySet<string> = new Set(['at_most_one', 'exactly_one', 'byte_total']);

/** All of them; a path that leads nowhere is an error of the vector. */
export const foundIssues: readonly FoundIssue[] = decodedVectors.flatMap(({ vector, message }) =>
  (vector.error?.issues ?? []).map(({ path, rule }) => {
    if (message === undefined) throw new Error(`${vector.name}: has issues, and cannot be decoded`);
    const found = follow(message, path, vector.name);
    return { vector: vector.name, rule, ...(OF_MESSAGES.has(rule) ? inside(found) : found) };
  }),
);

type Place = Pick<FoundIssue, 'message' | 'about'>;

function follow(root: ReflectMessage, path: string, name: string): Place {
  let message = root;
  let about: FoundIssue['about'];
  for (const step of path.match(STEP) ?? []) {
    if (step.startsWith('[')) {
      const field = about as DescField;
      // An element that is a message is where the path may go on.
      if (field.fieldKind === 'list' && field.listKind === 'message') {
        message = [...(message.get(field) as ReflectList)][Number(step.slice(1, -1))] as ReflectMessage;
        about = undefined;
      }
      continue;
    }
    ({ message } = inside({ message, about }));
    about = message.fields.find(({ jsonName }) => jsonName === step) ?? message.oneofs.find((oneof) => oneof.name === step);
    if (about === undefined) throw new Error(`${name}: ${message.desc.name} has no ${step}, of the path ${path}`);
  }
  return { message, about };
}

/** Where the place is a field that holds a message: that message. */
function inside(place: Place): Place {
  const { message, about } = place;
  if (about?.kind !== 'field' || about.fieldKind !== 'message') return place;
  return { message: message.get(about) as ReflectMessage, about: undefined };
}
