// What protovalidate cannot say, or says otherwise: each difference with the cases that it covers. docs/rules.md lists them for users. One that
// shows in no case is reported as a failure.
import type { DescMessage } from '@bufbuild/protobuf';
import type { Issue } from '../../../src/errors.js';
import type { Settings } from '../../protoc-gen-im-protocol/settings.js';

/** `path`: the path that protovalidate reports instead; undefined = it reports nothing. */
export interface Difference {
  readonly name: string;
  readonly text: string;
  covers(issue: Issue, place: Place): boolean;
  path(issue: Issue): string | undefined;
}

/** The message that has the violated rule, and the settings of the schema. */
export interface Place {
  readonly message: DescMessage | undefined;
  readonly settings: Settings;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'command-data-path',
    text: 'CEL belongs to a message, not to a oneof: a command with other data is reported at the message',
    covers: ({ rule }) => rule === 'command_data',
    path: ({ path }) => parentOf(path),
  },
  {
    name: 'later-members',
    text: 'protovalidate does not see unknown fields, so a oneof with later_members is not required',
    covers: ({ rule, path }, { message, settings }) => {
      const oneof = message?.oneofs.find(({ localName }) => localName === lastOf(path));
      return rule === 'required' && oneof !== undefined && settings.oneof(oneof)?.laterMembers !== undefined;
    },
    path: () => undefined,
  },
  {
    name: 'type-url',
    text: 'google.protobuf.Any is not part of the schema, so its type_url has no rules',
    covers: ({ rule }) => rule === 'type_url',
    path: () => undefined,
  },
];

/** The decoder refuses a list above `max_items` before it reads it. */
export const PARTIAL = 'max-items';
export const PARTIAL_TEXT = 'a decoder stops at a list above max_items, and reports nothing else';

/** Names in paths have no dot: a JSON name may have one, but not in these schemas. */
export function parentOf(path: string): string {
  return path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '';
}

export function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
