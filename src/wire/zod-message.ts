// The zod schema of a message, made from its own checks: the types by the table (shape.ts), the rules by the generated check. So zod and
// `check` find the same issues. Imported by *.zod.ts alone.

import { $constructor } from 'zod/v4/core';
import * as z from 'zod/v4-mini';
// By name, because a bundler keeps all of zod for z.core.$constructor.
import type { Issue } from '../errors.js';
import { copyMessage } from './create-message.js';
import { shapeIssues } from './shape.js';
import type { FieldTable, MessageTable } from './table.js';
/** The schema of a message: accepts what `encode` accepts, and returns a copy of it. */
export type MessageSchema<Init> = z.ZodMiniType<Init, Init>;

interface Definition extends z.core.$ZodTypeDef {
  readonly table: MessageTable;
  check(message: object): Issue[] | undefined;
}

const Message = /* @__PURE__ */ $constructor<z.ZodMiniType, Definition>('ImMessage', (inst, def) => {
  // Typed as a plain function, because the original is an assertion to TypeScript.
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
        // Further checks of zod run if the value is a message.
        continue: isMessage,
      });
    }
    payload.value = copy;
    return payload;
  };
});

/** @hidden Creates the schema of a message from its table and its generated check. */
export function message<Init extends object>(
  table: MessageTable,
  check: (message: Init) => Issue[] | undefined,
): MessageSchema<Init> {
  return new Message({ type: 'custom', table, check: (value) => check(value as Init) }) as z.ZodMiniType as MessageSchema<Init>;
}

// Translates paths of issues to those of zod. Issues name fields as JSON does, without oneofs (`login.accessToken`); zod has the keys that
// lead to the value: data, value, accessToken.

/** The keys that lead to the value of an issue. A key of a map is the one in the path, which may be truncated or hidden. */
function valuePath(table: MessageTable, { path, rule }: Issue): (string | number)[] {
  if (rule !== 'unknown_key') return keysTo(table, path);
  // The last step is a key of the value, and not the name of a field in JSON.
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

/** The content of brackets: an index, a quoted text, or another key of a map. */
function keyOf(step: string): string | number {
  const text = step.slice(1, -1);
  if (text.startsWith('"')) return JSON.parse(text) as string;
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

const jsonName = ({ json, name }: FieldTable): string => json ?? name;

/** The field at the start of a path. If several match, the one with the longest name, because a name in JSON may contain a dot. */
function fieldAt({ fields }: MessageTable, path: string): FieldTable | undefined {
  const begun = fields.filter((field) => {
    const name = jsonName(field);
    return path.startsWith(name) && /^$|^[.[]/.test(path.slice(name.length));
  });
  return begun.reduce<FieldTable | undefined>((a, b) => (a && jsonName(a).length >= jsonName(b).length ? a : b), undefined);
}

/** Keys of a oneof, or keys that the message does not have: `data`, `data.more`, `["odd key"]`. */
function plainPath(path: string): (string | number)[] {
  const bracket = path.indexOf('["');
  const names = (bracket < 0 ? path : path.slice(0, bracket)).split('.').filter((name) => name !== '');
  return bracket < 0 ? names : [...names, keyOf(path.slice(bracket))];
}
