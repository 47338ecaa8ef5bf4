// The zod schema of a message: its own judges, the types by the table (shape.ts) and the rules by the generated check, as a schema of zod.
// So both say the same of every value. Imported for generated/zod alone.

// By name: a bundler keeps all of zod for z.core.$constructor.
import { $constructor } from 'zod/v4/core';
import * as z from 'zod/v4-mini';
import type { Issue } from '../errors.js';
import { copyMessage } from './copy-message.js';
import { shapeIssues } from './shape.js';
import type { MessageTable } from './table.js';
import { valuePath } from './value-path.js';

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
