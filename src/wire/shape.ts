// Checks any JavaScript value against the types of a message, by its table. Encoders check the same as they go, and come here only to find
// out what was wrong, with its path.

import type { Issue } from '../errors.js';
import { MAX_DEPTH } from '../limits.js';
import { addIssue, entryPath, invalidMessage, isFull, joinPath, quotedKey } from './issues.js';
import { isMap, isPlainObject, kindOf, scalarViolation, type ValueViolation, wrongType } from './scalar.js';
import type { FieldTable, MessageTable } from './table.js';
import { UNKNOWN_FIELDS } from './unknown.js';

/**
 * Checks the types of a value that should be a message: `type`, `range`, `unknown_key`, `surrogate`, `depth`. A field that is undefined or
 * missing has its default. Inherited keys count, as in `for (const key in value)`.
 * @returns at most 1000 issues; empty = every value is of its type. The rules of the schema are not checked.
 */
export function shapeIssues(table: MessageTable, value: unknown): Issue[] {
  const judge = new Judge();
  judge.message(table, value, '', 0);
  return judge.issues;
}

class Judge {
  readonly issues: Issue[] = [];

  private add(path: string, fault: ValueViolation | undefined): void {
    if (fault) addIssue(this.issues, path, fault.rule, fault.message);
  }

  /** @param depth number of messages around it. */
  message(table: MessageTable, value: unknown, path: string, depth: number): void {
    if (!isPlainObject(value)) {
      this.add(path, wrongType('object', value));
      return;
    }
    // This also ends the traversal of an object that contains itself.
    if (depth > MAX_DEPTH) {
      addIssue(this.issues, path, 'depth', `nested deeper than ${MAX_DEPTH}`);
      return;
    }
    const known = new Set(table.fields.map((field) => field.oneof ?? field.name));
    this.unknownKeys(value, known, `no field of ${table.name}`, path);
    for (const name of known) {
      const found = value[name];
      if (found === undefined) continue;
      const members = table.fields.filter((field) => field.oneof === name);
      if (members.length > 0) this.oneof(members, found, path, joinPath(path, name), depth);
      else this.field(table.fields.find((field) => field.name === name)!, found, path, depth);
    }
    const kept = (value as { [UNKNOWN_FIELDS]?: unknown })[UNKNOWN_FIELDS];
    if (kept !== undefined) this.add(joinPath(path, '$unknown'), scalarViolation('bytes', kept));
  }

  private unknownKeys(value: object, known: ReadonlySet<string>, text: string, path: string): void {
    for (const key in value) {
      if (known.has(key)) continue;
      addIssue(this.issues, joinPath(path, /^[\w$]{1,64}$/.test(key) ? key : `[${quotedKey(key)}]`), 'unknown_key', text);
    }
  }

  /** A oneof is `{ $case, value }`, without other keys. */
  private oneof(members: readonly FieldTable[], value: unknown, parent: string, path: string, depth: number): void {
    if (!isPlainObject(value)) {
      this.add(path, wrongType('{ $case, value }', value));
      return;
    }
    this.unknownKeys(value, new Set(['$case', 'value']), 'a oneof has only $case and value', path);
    const { $case } = value;
    const member = members.find((field) => field.name === $case);
    if (member) {
      this.value(member, value.value, joinPath(parent, member.json ?? member.name), depth);
      return;
    }
    const names = members.map((field) => field.name).join(', ');
    const got = typeof $case === 'string' ? 'another' : kindOf($case);
    addIssue(this.issues, path, 'type', `expected a $case of ${names}, got ${got}`);
  }

  /** A field outside of oneofs. */
  private field(field: FieldTable, value: unknown, parent: string, depth: number): void {
    const path = joinPath(parent, field.json ?? field.name);
    if (field.kind === 'list') this.list(field, value, path, depth);
    else if (field.kind === 'map') this.map(field, value, path, depth);
    else this.value(field, value, path, depth);
  }

  private list(field: FieldTable, value: unknown, path: string, depth: number): void {
    if (!Array.isArray(value)) {
      this.add(path, wrongType('array', value));
      return;
    }
    // A hole reads as undefined, which is an issue.
    for (let i = 0; i < value.length && !isFull(this.issues); i++) this.value(field, value[i], `${path}[${i}]`, depth);
  }

  private map(field: FieldTable, value: unknown, path: string, depth: number): void {
    if (!isMap(value)) {
      this.add(path, wrongType('Map', value));
      return;
    }
    for (const [key, item] of value) {
      const fault = scalarViolation(field.key!, key, field.sensitive);
      // A key of another type may be a secret: it is not shown.
      const entry = fault?.rule === 'type' ? `${path}[?]` : entryPath(path, field.sensitive ? '***' : key);
      if (fault) this.add(entry, { ...fault, message: `key: ${fault.message}` });
      this.value(field, item, entry, depth);
      if (isFull(this.issues)) break;
    }
  }

  /** A value of a field, a list or a map. */
  private value(field: FieldTable, value: unknown, path: string, depth: number): void {
    if (field.type === 'message') this.message(field.message!(), value, path, depth + 1);
    else this.add(path, scalarViolation(field.type, value, field.sensitive));
  }
}

/** Turns an error of an encoder into a ProtocolError with all issues. If the message has none, the error is returned as it is. */
export function toEncodeError(table: MessageTable, message: unknown, error: unknown): unknown {
  const issues = shapeIssues(table, message);
  return issues.length > 0 ? invalidMessage(issues, table.name) : error;
}
