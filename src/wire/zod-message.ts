// The zod schema of a message: its own judges, the types by the table (shape.ts) and the rules by the generated check, as a schema of zod.
// So both say the same of every value. Imported for generated/zod alone.

import { $constructor } from 'zod/v4/core';
import * as z from 'zod/v4-mini';
// By name: a bundler keeps all of zod for z.core.$constructor.
import type { Issue } from '../errors.js';
import { copyMessage } from './create-message.js';
import { shapeIssues } from './shape.js';
import type { FieldTable, MessageTable } from './table.js';
/** The schema of a message: takes what `encode` takes, and returns a copy of it. */
export type MessageSchema<Init> = z.ZodMiniType<Init, Init>;

interface Definition extends z.core.$ZodTypeDef {
  readonly table: MessageTable;
  check(message: object): Issue[] | undefined;
}

const Message = /* @__PURE__ */ $constructor<z.ZodMiniType, Definition>('ImMessage', (inst, def) => {
  // Typed as a plain function: TypeScript takes the original for an assertion.
  const init: (inst: z.ZodMiniType, def: Definition) => void = z.ZodMiniType.init;
  init(inst, def);
  inst._zod.parse = (payload) => {
    const copy = copyMessage(def.table, payload.value);
    const ofTypes = shapeIssues(def.table, copy);
    const isMessage = ofTypes.length === 0;
    for (const issue of isMessage ? (def.check(copy as object) ?? []) : ofTypes) {
      payload.issues.push({
        code: 'custom',
        input: payload.value,
        inst,
        path: valuePath(def.table, issue),
        message: issue.message,
        params: { rule: issue.rule },
        // Further checks are asked as long as they get a message.
        continue: isMessage,
      });
    }
    payload.value = copy;
    return payload;
  };
});

/** @internal Makes the schema of a message from its table and its generated check. */
export function message<Init extends object>(
  table: MessageTable,
  check: (message: Init) => Issue[] | undefined,
): MessageSchema<Init> {
  return new Message({ type: 'custom', table, check: (value) => check(value as Init) }) as z.ZodMiniType as MessageSchema<Init>;
}

// Where an issue lies in a message as a JavaScript value. Issues name fields as JSON does (`login.accessToken`), and say nothing of the
// oneof that holds them; zod wants the keys that lead to the value: data, value, accessToken.

/** The keys that lead to where an issue lies. A key of a map that its path cuts or hides is the one it shows. */
function valuePath(table: MessageTable, { path, rule }: Issue): (string | number)[] {
  if (rule !== 'unknown_key') return keysTo(table, path);
  // The last step is what the value has there, whatever fields are called in JSON.
  const [step] = LAST_STEP.exec(path) ?? [path];
  return [...keysTo(table, path.slice(0, path.length - step.length)), ...plainPath(step)];
}

const LAST_STEP = /(?:\["(?:[^"\\]|\\.)*"\]|\.?[\w$]+)$/;

function keysTo(table: MessageTable, path: string): (string | number)[] {
  if (path === '') return [];
  const field = fieldAt(table, path);
  if (field === undefined) return plainPath(path);
  const own = field.oneof === undefined ? [field.name] : [field.oneof, 'value'];
  let rest = path.slice(jsonName(field).length);
  if (field.kind !== undefined && rest !== '') {
    const [step] = BRACKETS.exec(rest) ?? [''];
    own.push(keyOf(step) as string);
    rest = rest.slice(step.length);
  }
  return [...own, ...(field.message === undefined ? [] : keysTo(field.message(), rest.replace(/^\./, '')))];
}

const BRACKETS = /^\[("(?:[^"\\]|\\.)*"|[^\]]*)\]/;

/** What stands in the brackets: an index, a text in quotes, another key of a map. */
function keyOf(step: string): string | number {
  const text = step.slice(1, -1);
  if (text.startsWith('"')) return JSON.parse(text) as string;
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

const jsonName = ({ json, name }: FieldTable): string => json ?? name;

/** The field that the path begins with: of several the one with the longest name, since a name in JSON may contain a dot. */
function fieldAt({ fields }: MessageTable, path: string): FieldTable | undefined {
  const begun = fields.filter((field) => {
    const name = jsonName(field);
    return path.startsWith(name) && /^$|^[.[]/.test(path.slice(name.length));
  });
  return begun.reduce<FieldTable | undefined>((a, b) => (a && jsonName(a).length >= jsonName(b).length ? a : b), undefined);
}

/** A oneof, or a key that the message does not have: `data`, `data.more`, `["odd key"]`. */
function plainPath(path: string): (string | number)[] {
  const bracket = path.indexOf('["');
  const names = (bracket < 0 ? path : path.slice(0, bracket)).split('.').filter((name) => name !== '');
  return bracket < 0 ? names : [...names, keyOf(path.slice(bracket))];
}
