// Pairs of schemas, and what has to be said of them.

export interface Case {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** `place: text`, places without the package; those that a new version of the protocol allows begin with `(new version) `. */
  readonly changes: readonly string[];
}

/** A message with one field that has these rules. */
const field = (type: string, rules: string): string => `message M { ${type} f = 1 [(im.options.v1.field) = {${rules}}]; }`;
const value = (settings: string): string => `enum E { E_ZERO = 0; E_ONE = 1 [(im.options.v1.value) = {${settings}}]; }`;
const message = (settings: string, fields = ''): string =>
  `message M { option (im.options.v1.message) = {${settings}}; string a = 1; string b = 2; ${fields} }`;
const oneof = (settings: string, member = ''): string =>
  `message M { int32 cmd = 3; oneof data { option (im.options.v1.oneof) = {${settings}}; string a = 1; string b = 2; ${member} } }`;

export const CASES: readonly Case[] = [
  {
    name: 'nothing changes',
    before: field('string', 'min_bytes: 1, max_bytes: 8'),
    after: field('string', 'max_bytes: 8, min_bytes: 1'),
    changes: [],
  },
  {
    name: 'a format stands for the same rules',
    before: field('int64', 'format: FORMAT_ID'),
    after: field('int64', 'min: 1'),
    changes: [],
  },
  {
    name: 'a lower bound of 0 asks for nothing',
    before: field('string', 'max_bytes: 8'),
    after: field('string', 'min_bytes: 0, max_bytes: 8'),
    changes: [],
  },
  {
    name: 'bounds get tighter',
    before: field('string', 'max_bytes: 8192'),
    after: field('string', 'min_bytes: 1, max_bytes: 4096'),
    changes: ['M.f: min_bytes tightened: from 0 to 1', 'M.f: max_bytes tightened: from 8192 to 4096'],
  },
  {
    name: 'bounds get looser',
    before: field('int64', 'min: 1, max: 9'),
    after: field('int64', 'max: 10'),
    changes: ['(new version) M.f: min loosened: from 1 to none', '(new version) M.f: max loosened: from 9 to 10'],
  },
  {
    name: 'a format sets a tighter bound',
    before: field('int64', 'format: FORMAT_ID_OR_ZERO'),
    after: field('int64', 'format: FORMAT_ID'),
    changes: ['M.f: min tightened: from 0 to 1'],
  },
  {
    name: 'the rules of elements and of their number',
    before: field('repeated int64', 'max_items: 10, items: {format: FORMAT_ID}'),
    after: field('repeated int64', 'max_items: 9, unique: true, items: {min: 2}'),
    changes: [
      'M.f: max_items tightened: from 10 to 9',
      'M.f: unique tightened: from false to true',
      'M.f: items.min tightened: from 1 to 2',
    ],
  },
  {
    name: 'the rules of keys and values of a map',
    before: field('map<string, string>', 'keys: {not_prefix: "im_"}, values: {max_bytes: 5}'),
    after: field('map<string, string>', 'keys: {not_prefix: ["im_", "x_"]}'),
    changes: ['M.f: keys.not_prefix tightened: "x_" is new', '(new version) M.f: values.max_bytes loosened: from 5 to none'],
  },
  {
    name: 'characters are refused',
    before: field('string', 'alphabet: "a-z"'),
    after: field('string', 'alphabet: "a-y"'),
    changes: ['M.f: alphabet tightened: U+007A is refused now'],
  },
  {
    name: 'characters are allowed',
    before: field('string', 'alphabet: "a-z"'),
    after: field('string', 'alphabet: "a-z0-9"'),
    changes: ['(new version) M.f: alphabet loosened: 10 characters, the first U+0030, are allowed now'],
  },
  {
    name: 'the same characters in another way',
    before: field('string', 'format: FORMAT_ASCII'),
    after: field('string', 'alphabet: "\\\\x21-\\\\x7e"'),
    changes: [],
  },
  {
    name: 'the default is refused',
    before: field('uint32', 'min: 16, or_default: true'),
    after: field('uint32', 'min: 16'),
    changes: ['M.f: or_default tightened: from true to false'],
  },
  {
    name: 'texts are refused, white space is allowed',
    before: field('string', 'not_in: "a", not_blank: true'),
    after: field('string', 'not_in: "b"'),
    changes: [
      '(new version) M.f: not_blank loosened: from true to false',
      'M.f: not_in tightened: "b" is new',
      '(new version) M.f: not_in loosened: "a" is gone',
    ],
  },
  {
    name: 'a message field is required',
    before: 'message N {} message M { N f = 1; }',
    after: 'message N {} message M { N f = 1 [(im.options.v1.field) = {required: true}]; }',
    changes: ['M.f: required tightened: from false to true'],
  },
  {
    name: 'properties of a field',
    before: field('string', 'sensitive: true'),
    after: field('string', 'routing: true, since: 2, ignorable: true'),
    changes: [
      'M.f: since changed from 0 to 2',
      'M.f: ignorable changed from false to true',
      'M.f: routing changed from false to true',
      'M.f: sensitive changed from true to false',
    ],
  },
  { name: 'a field becomes a secret', before: field('string', ''), after: field('string', 'sensitive: true'), changes: [] },
  {
    name: 'frame type and handshake',
    before: message('frame_type: 7'),
    after: message('frame_type: 9, handshake: true'),
    changes: ['M: frame_type changed from 7 to 9', 'M: handshake changed from false to true'],
  },
  {
    name: 'groups of fields',
    before: message('exactly_one: {fields: ["a", "b"]}'),
    after: message('at_most_one: {fields: ["b", "a"]}'),
    changes: ['M: at_most_one tightened: [a, b] is new', '(new version) M: exactly_one loosened: [a, b] is gone'],
  },
  {
    name: 'a group takes a field that is new',
    before: message('at_most_one: {fields: ["a", "b"]}'),
    after: message('at_most_one: {fields: ["a", "b", "c"]}', 'string c = 4 [(im.options.v1.field) = {ignorable: true}];'),
    changes: [],
  },
  {
    name: 'at least one of a group',
    before: message('at_least_one: {fields: ["a", "b"]}'),
    after: message('ascending: {fields: ["b", "a"]}'),
    changes: ['(new version) M: at_least_one loosened: [a, b] is gone', 'M: ascending tightened: [b, a] is new'],
  },
  {
    name: 'at least one of a group that takes a field which older readers skip',
    before: message('at_least_one: {fields: ["a", "b"]}'),
    after: message('at_least_one: {fields: ["a", "b", "c"]}', 'string c = 4 [(im.options.v1.field) = {ignorable: true}];'),
    changes: ['M: at_least_one has c, which is new and ignorable: an older reader would find no field of the group'],
  },
  {
    name: 'a sum of bytes',
    before: message('byte_total: {fields: ["a", "b"], max_bytes: 100}'),
    after: message('byte_total: {fields: "a", max_bytes: 100}'),
    changes: ['M: byte_total changed from 100 bytes of a, b to 100 bytes of a'],
  },
  {
    name: 'a oneof',
    before: oneof('command_data: {command: "cmd"}'),
    after: oneof('required: true, command_data: {command: "cmd", optional: true}, later_members: {first: 4, last: 9}'),
    changes: [
      'M.data: required tightened: from false to true',
      'M.data: command_data changed from {command: cmd, optional: false, between_services: false} to {command: cmd, optional: true, between_services: false}',
      'M.data: later_members changed from none to 4 to 9',
    ],
  },
  {
    name: 'a later member of a oneof',
    before: oneof('required: true, later_members: {first: 4, last: 9}'),
    after: oneof(
      'required: true, later_members: {first: 4, last: 9}',
      'string c = 4 [(im.options.v1.field) = {ignorable: true}];',
    ),
    changes: [],
  },
  {
    name: 'a later member with a wrong number that cannot be skipped',
    before: oneof('later_members: {first: 4, last: 9}'),
    after: oneof('later_members: {first: 4, last: 9}', 'string c = 10;'),
    changes: [
      '(new version) M.c: added, not ignorable; the last release speaks version 1',
      'M.c: added with number 10: later members of data have 4 to 9',
      'M.c: added, not ignorable: later members of data are',
    ],
  },
  {
    name: 'a field beside a oneof, with a number of its later members',
    before: `message M { oneof body { option (im.options.v1.oneof) = {later_members: {first: 4, last: 9}}; string b = 2; } }`,
    after: `message M { oneof body { option (im.options.v1.oneof) = {later_members: {first: 4, last: 9}}; string b = 2; }
      string c = 9 [(im.options.v1.field) = {ignorable: true}]; string d = 10 [(im.options.v1.field) = {ignorable: true}]; }`,
    changes: ['M.c: added with number 9: 4 to 9 are for members of body'],
  },
  {
    name: 'a field is added',
    before: message(''),
    after: message('', 'string c = 3; string d = 1000 [(im.options.v1.field) = {ignorable: true}];'),
    changes: [
      '(new version) M.c: added, not ignorable; the last release speaks version 1',
      'M.d: added with number 1000: 1000 to 1999 belong to private forks',
    ],
  },
  {
    name: 'a field is added that has to be there',
    before: message(''),
    after: message('', 'string c = 3 [(im.options.v1.field) = {ignorable: true, min_bytes: 1}];'),
    changes: ['(new version) M.c: added, but its default is refused'],
  },
  {
    name: 'fields are added to the handshake',
    before: message('handshake: true'),
    after: message('handshake: true', 'string c = 3; string d = 4 [(im.options.v1.field) = {min_bytes: 1}];'),
    changes: ['M.d: added to the handshake, but its default is refused'],
  },
  {
    name: 'a field is added for a version that is not there yet',
    before: message(''),
    after: message('', 'string c = 3 [(im.options.v1.field) = {since: 2}];'),
    changes: ['M.c: added with since 2, but PROTOCOL_VERSION is 1'],
  },
  {
    name: 'a legacy code',
    before: value('legacy_code: 0'),
    after: value(''),
    changes: ['E.E_ONE: legacy_code changed from 0 to none'],
  },
  {
    name: 'what follows from an error',
    before: value('error: {closes: true}'),
    after: value('error: {closes: true, retry: true}'),
    changes: ['E.E_ONE: error changed from {closes} to {closes, retry}'],
  },
  {
    name: 'the data of a command',
    before: value('command: {data: "a"}'),
    after: value('command: {data: ["a", "b"], between_services: true}'),
    changes: ['E.E_ONE: command changed from {data: [a]} to {data: [a, b], between_services}'],
  },
  {
    name: 'an enum value is added',
    before: 'enum E { E_ZERO = 0; }',
    after: value(''),
    changes: ['(new version) E.E_ONE: added, not ignorable; the last release speaks version 1'],
  },
  {
    name: 'the numbers of applications',
    before: 'enum E { option (im.options.v1.enumeration) = {application_from: 1000, application_data: "custom"}; E_ZERO = 0; }',
    after: 'enum E { option (im.options.v1.enumeration) = {application_from: 2000}; E_ZERO = 0; }',
    changes: ['E: application_from changed from 1000 to 2000', 'E: application_data changed from custom to '],
  },
  {
    name: 'who may send a command',
    before: value('command: {from_client: true}'),
    after: value('command: {from_server: true}'),
    changes: ['E.E_ONE: command changed from {data: [], from_client} to {data: [], from_server}'],
  },
  {
    name: 'the reply to a command',
    before: value('command: {reply: "LOGIN"}'),
    after: value('command: {reply: "HEARTBEAT"}'),
    changes: ['E.E_ONE: command changed from {data: [], reply: LOGIN} to {data: [], reply: HEARTBEAT}'],
  },
  {
    name: 'a command that becomes a request',
    before: value('command: {data: "a"}'),
    after: value('command: {data: "a", reply: "ONE"}'),
    changes: ['E.E_ONE: command changed from {data: [a]} to {data: [a], reply: ONE}'],
  },
  {
    name: 'what the result of a command carries',
    before: value('command: {data: "a", result_without_data: true}'),
    after: value('command: {data: "a"}'),
    changes: ['E.E_ONE: command changed from {data: [a], result_without_data} to {data: [a]}'],
  },
  {
    name: 'what a command of an application carries',
    before: value('application_command: {payload: "A", reply: "B"}'),
    after: value('application_command: {payload: "A"}'),
    changes: ['E.E_ONE: application_command changed from {payload: A, reply: B} to {payload: A, reply: none}'],
  },
  {
    name: 'since and ignorable of an enum value',
    before: value(''),
    after: value('since: 1, ignorable: true'),
    changes: ['E.E_ONE: since changed from 0 to 1', 'E.E_ONE: ignorable changed from false to true'],
  },
  {
    name: 'an enum value is added with a number of applications, or for a version that is not there yet',
    before: 'enum E { option (im.options.v1.enumeration) = {application_from: 1000}; E_ZERO = 0; }',
    after: `enum E { option (im.options.v1.enumeration) = {application_from: 1000}; E_ZERO = 0;
      E_LAST = 999 [(im.options.v1.value) = {since: 9}]; E_APP = 1000 [(im.options.v1.value) = {ignorable: true}]; }`,
    changes: [
      'E.E_LAST: added with since 9, but PROTOCOL_VERSION is 1',
      'E.E_APP: added with number 1000: 1000 and up belong to applications',
    ],
  },
  {
    name: 'an error that goes over no wire is added',
    before: 'enum E { E_ZERO = 0; }',
    after: value('error: {local: true}'),
    changes: [],
  },
  {
    name: 'an error that goes over the wire is added',
    before: 'enum E { E_ZERO = 0; }',
    after: value('error: {retry: true}'),
    changes: ['(new version) E.E_ONE: added, not ignorable; the last release speaks version 1'],
  },
  {
    name: 'an enum is added',
    before: '',
    after:
      'enum E { E_ZERO = 0; E_ONE = 1 [(im.options.v1.value) = {since: 9}]; E_TWO = 2 [(im.options.v1.value) = {legacy_code: 3}]; }',
    changes: ['E.E_ONE: added with since 9, but PROTOCOL_VERSION is 1'],
  },
  {
    name: 'a message is added that no frame carries',
    before: '',
    after: 'message N { string a = 1 [(im.options.v1.field) = {min_bytes: 1}]; }',
    changes: [],
  },
  {
    name: 'a message is added with a frame type, without a version of its own',
    before: '',
    after: 'message N { option (im.options.v1.message) = {frame_type: 11}; }',
    changes: ['(new version) N: added, not ignorable; the last release speaks version 1'],
  },
  {
    name: 'messages and a field are added for a version that is not there yet',
    before: '',
    after: `message N { option (im.options.v1.message) = {frame_type: 11, since: 9}; }
      message O { option (im.options.v1.message) = {since: 2}; string a = 1 [(im.options.v1.field) = {since: 9}]; }`,
    changes: [
      'N: added with since 9, but PROTOCOL_VERSION is 1',
      'O: added with since 2, but PROTOCOL_VERSION is 1',
      'O.a: added with since 9, but PROTOCOL_VERSION is 1',
    ],
  },
  {
    name: 'messages are added with frame types that are not ours to assign',
    before: '',
    after: [63, 64, 79, 80, 127, 128, 255]
      .map((type) => `message N${type} { option (im.options.v1.message) = {frame_type: ${type}, since: 2}; }`)
      .concat('message H { option (im.options.v1.message) = {frame_type: 11, handshake: true, since: 2}; }')
      .join('\n'),
    changes: [63, 64, 79, 80, 127, 128, 255]
      .flatMap((type) => [
        ...(type === 64 || type === 79 ? [`N${type}: added with frame type ${type} of the handshake, which is frozen`] : []),
        ...(type >= 128 ? [`N${type}: added with frame type ${type}: 128 to 255 belong to applications`] : []),
        `N${type}: added with since 2, but PROTOCOL_VERSION is 1`,
      ])
      .concat(
        'H: added with frame type 11 of the handshake, which is frozen',
        'H: added with since 2, but PROTOCOL_VERSION is 1',
      ),
  },
  {
    name: 'a message is added with a field number of private forks',
    before: '',
    after: 'message N { string a = 999; string b = 1000; string c = 1999; string d = 2000; }',
    changes: [
      'N.b: added with number 1000: 1000 to 1999 belong to private forks',
      'N.c: added with number 1999: 1000 to 1999 belong to private forks',
    ],
  },
  {
    name: 'the version of a message',
    before: message(''),
    after: message('since: 1'),
    changes: ['M: since changed from 0 to 1'],
  },
  {
    name: 'a sum of bytes over a new field alone',
    before: message(''),
    after: message('byte_total: {fields: "c", max_bytes: 100}', 'string c = 3 [(im.options.v1.field) = {ignorable: true}];'),
    changes: [],
  },
  {
    name: 'a sum of bytes takes a new field',
    before: message('byte_total: {fields: ["a", "b"], max_bytes: 100}'),
    after: message(
      'byte_total: {fields: ["c", "a", "b"], max_bytes: 100}',
      'string c = 3 [(im.options.v1.field) = {ignorable: true}];',
    ),
    changes: [],
  },
  {
    name: 'a sum of bytes over a field that was there, and one that was not',
    before: message(''),
    after: message(
      'byte_total: {fields: ["a", "c"], max_bytes: 100}',
      'string c = 3 [(im.options.v1.field) = {ignorable: true}];',
    ),
    changes: ['M: byte_total changed from none to 100 bytes of a'],
  },
  {
    name: 'a group of which exactly one is set takes a field that an older reader skips',
    before: message('exactly_one: {fields: ["a", "b"]}'),
    after: message('exactly_one: {fields: ["a", "b", "c"]}', 'string c = 3 [(im.options.v1.field) = {ignorable: true}];'),
    changes: ['M: exactly_one has c, which is new and ignorable: an older reader would find no field of the group'],
  },
  {
    name: 'a oneof is added, of members that an older reader skips',
    before: 'message M { int32 a = 1; }',
    after: `message M { int32 a = 1; oneof more { option (im.options.v1.oneof) = {later_members: {first: 2, last: 9}};
      string b = 2 [(im.options.v1.field) = {ignorable: true}]; } }`,
    changes: [],
  },
  {
    name: 'a required oneof is added',
    before: 'message M { int32 a = 1; }',
    after: `message M { int32 a = 1; oneof more { option (im.options.v1.oneof) = {required: true};
      string b = 2 [(im.options.v1.field) = {ignorable: true}]; } }`,
    changes: ['M.more: required tightened: from false to true'],
  },
  {
    name: 'a oneof that is required no more, and what its command may carry',
    before: oneof('required: true, command_data: {command: "cmd", between_services: true}'),
    after: oneof('command_data: {command: "cmd"}'),
    changes: [
      '(new version) M.data: required loosened: from true to false',
      'M.data: command_data changed from {command: cmd, optional: false, between_services: true} to {command: cmd, optional: false, between_services: false}',
    ],
  },
  {
    name: 'rules that get looser',
    before: field('repeated string', 'min_items: 1, unique: true, items: {not_prefix: "x", forbidden: "a"}'),
    after: field('repeated string', ''),
    changes: [
      '(new version) M.f: min_items loosened: from 1 to 0',
      '(new version) M.f: unique loosened: from true to false',
      '(new version) M.f: items.not_prefix loosened: "x" is gone',
      '(new version) M.f: items.alphabet loosened: U+0061 is allowed now',
    ],
  },
  {
    name: 'a field is added to the handshake for a version that is not there yet',
    before: message('handshake: true'),
    after: message('handshake: true', 'string c = 3 [(im.options.v1.field) = {since: 9}];'),
    changes: ['M.c: added with since 9, but PROTOCOL_VERSION is 1'],
  },
  {
    name: 'constants and features',
    before: 'option (im.options.v1.file) = {constants: {name: "LIMIT", values: [1, 2]}, features: ["old"]};',
    after: 'option (im.options.v1.file) = {constants: {name: "LIMIT", values: [1, 3]}, features: ["young"]};',
    changes: ['features: old is gone', '(new version) features: young is new', 'LIMIT: value changed from [1, 2] to [1, 3]'],
  },
];
