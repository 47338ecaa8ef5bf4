import { parseRules } from './parse-rules.js';
import { type CommandDataPlan, FieldPlan, type MessagePlan, type OneofPlan, type PlannedTypes } from './plan.js';
import { BYTES, ENUM, isPacked, LETTERS, MESSAGE, scalarAt, TYPES, tagOf, wireTypeOf, zeroOf } from './types.js';

/** Number, type, list or map with the type of its keys, flags, name, and the type that is not named as the field. */
const FIELD = /^(\d*)([a-z])(\*|:.)?([?!%^#+-]*)([\w$]+)(?:=([\w$.]+))?$/;

type Flag = 'optional' | 'unchecked' | 'sensitive' | 'routing' | 'platform' | 'deprecated' | 'unpacked';
const FLAGS: Readonly<Record<string, Flag>> = {
  '?': 'optional',
  '!': 'sensitive',
  '%': 'routing',
  '^': 'platform',
  '-': 'deprecated',
  '+': 'unchecked',
  '#': 'unpacked',
};

/** Parses the items of a message, without the character in front, into its plan. */
export function parseMessage(plan: MessagePlan, [head, ...items]: readonly string[], prefix: string, schema: PlannedTypes): void {
  const [name, ...options] = head.split(' ');
  plan.name = prefix + name.replace(/^\d+/, '');
  const since = Number.parseInt(name, 10);
  if (since > 0) plan.since = plan.newest = since;
  for (const option of options) {
    const value = option.slice(1);
    if (option[0] === 'n') plan.newest = Number(value);
    else if (option[0] === '=') plan.name = value;
    else plan.frame = value;
  }
  let oneof: string | undefined;
  let number = 0;
  for (const item of items) {
    const [first, ...tokens] = item.split(' ');
    if (first[0] === '@') {
      oneof = first.slice(1) || undefined;
      if (oneof !== undefined && !plan.oneofs.some((each) => each.name === oneof)) plan.oneofs.push(parseOneof(oneof, tokens));
    } else if (first[0] === '&') {
      const max = first[1] === 't' ? Number(tokens.shift()) : 0;
      plan.rules.push({ code: first[1], fields: tokens, max });
    } else {
      const field = parseField(first, number + 1, schema);
      number = field.number;
      if (oneof !== undefined) field.oneof = oneof;
      parseRules(field, tokens, schema);
      prepare(field);
      plan.fields.push(field);
    }
  }
}

function parseField(text: string, nextNumber: number, schema: PlannedTypes): FieldPlan {
  const [, number, letter, shape, flags, name, ref] = FIELD.exec(text) as unknown as string[];
  const field = new FieldPlan();
  field.number = number === '' ? nextNumber : Number(number);
  field.name = name;
  field.op = LETTERS.indexOf(letter);
  field.type = TYPES[field.op];
  if (shape !== undefined) field.kind = shape === '*' ? 'list' : 'map';
  if (field.kind === 'map') {
    field.keyOp = LETTERS.indexOf(shape[1]);
    field.key = scalarAt(field.keyOp);
  }
  for (const flag of flags) field[FLAGS[flag]] = true;
  if (field.sensitive) field.secret = field.secretItems = field.secretKeys = true;
  if (field.op === MESSAGE || field.op === ENUM) field.ref = ref ?? name[0].toUpperCase() + name.slice(1);
  // Each is looked up once: it is asked for with every message.
  if (field.op === MESSAGE) {
    let plan: MessagePlan | undefined;
    field.message = () => (plan ??= schema.message(field.ref));
  } else if (field.op === ENUM) field.enum = () => schema.enum(field.ref);
  return field;
}

/** `r` required, `r20-30` with the numbers of later members; `c` the command's field, then `o` optional, `b` between services, `p` replyTo. */
function parseOneof(name: string, tokens: readonly string[]): OneofPlan {
  const find = (letter: string): string | undefined => tokens.find((token) => token[0] === letter)?.slice(1);
  const required = find('r');
  const [first, last] = (required ?? '').split('-').map(Number);
  const command = find('c');
  const commandData: CommandDataPlan | undefined =
    command === undefined
      ? undefined
      : {
          command,
          optional: find('o') !== undefined,
          betweenServices: find('b') !== undefined,
          replyTo: find('p'),
        };
  return { name, required: required !== undefined, later: last === undefined ? undefined : { first, last }, commandData };
}

/** What all modules need. */
function prepare(field: FieldPlan): void {
  const { op, kind, number } = field;
  field.tag = tagOf(number, kind === 'map' || isPacked(field) ? 2 : wireTypeOf(op));
  const hasPresence = kind !== undefined || field.oneof !== undefined || field.optional || op === MESSAGE;
  if (!hasPresence && op !== BYTES) field.zero = zeroOf(op);
  for (const rule of field.rules) if (rule.code === '}') field.maxItems = rule.limit as number;
}
