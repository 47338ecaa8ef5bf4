// Writes the check of a message: straight code that allocates nothing for a valid message, and has no path, text or closure.
import type { DescMessage } from '@bufbuild/protobuf';
import { commandDataNames, emitCommandViolation, type UsualCommands, usualCommands } from './command-data.js';
import { initName } from './emit-inits.js';
import { type FieldRules, fieldRules } from './field-rules.js';
import { runtimePath, typePath } from './generated-paths.js';
import { messageRules } from './message-rules.js';
import type { FieldModel, MessageModel, ValueType } from './model.js';
import { importPart, partName } from './parts.js';
import { docComment, literal, regularExpression } from './quote.js';
import type { Rule, Scope } from './rule.js';
import { allowsOnlyAscii, areIds, precheckedVarintBytes, refusedCharacters } from './seen-rules.js';
import type { Settings } from './settings.js';
import type { Source } from './source.js';
import { isLong } from './value-rules.js';

/** Names of the functions, besides the check, that the rules of a message need. */
export function commandViolationNames(message: MessageModel, settings: Settings): string[] {
  return message.oneofs
    .filter(({ desc }) => settings.oneof(desc)?.commandData !== undefined)
    .flatMap((oneof) => Object.values(commandDataNames(message, oneof)));
}

export class CheckWriter {
  private readonly out: Source;

  /**
   * @param ruled messages that have rules, at any depth. Checks of others are not called.
   * @param seen messages with rules that readers precheck.
   */
  constructor(
    readonly scope: Scope,
    private readonly settings: Settings,
    private readonly ruled: ReadonlySet<DescMessage>,
    private readonly seen: ReadonlySet<DescMessage>,
  ) {
    this.out = scope.out;
  }

  message(message: MessageModel): void {
    const { desc, name, fields, oneofs } = message;
    const issue = this.out.importType('Issue', runtimePath('errors', this.scope.options));
    const init = this.out.importType(initName(name), typePath(desc, this.scope.options));
    for (const oneof of oneofs) emitCommandViolation(this.out, message, oneof, this.settings);
    this.out.add(
      '',
      docComment(`Checks the rules of the schema; undefined = all are kept. Every value must be of the right type.`),
    );
    if (!this.ruled.has(desc)) {
      this.out.add(
        `export function ${partName(desc, 'check')}(_: ${init}): ${issue}[] | undefined {`,
        '  return undefined;',
        '}',
      );
      return;
    }
    this.out.add(
      `export function ${partName(desc, 'check')}(m: ${init}${this.seen.has(desc) ? ', prechecked = false' : ''}): ${issue}[] | undefined {`,
      `  let issues: ${issue}[] | undefined;`,
    );
    for (const field of fields) if (field.oneof === undefined) this.field(field);
    const usual = new Map(oneofs.map((oneof) => [oneof.name, usualCommands(message, oneof, this.settings)]));
    for (const oneof of oneofs) this.members(oneof.name, oneof.fields, usual.get(oneof.name));
    for (const rule of messageRules(message, this.settings)) {
      const command = rule.name === 'command_data' ? usual.get(rule.oneof ?? '')?.command : undefined;
      const unusual = command === undefined ? '' : `m.${command} !== usual && `;
      this.report('  ', rule, unusual + rule.violated('m', this.scope), 'm', literal(rule.oneof ?? ''));
    }
    this.out.add('  return issues;', '}');
  }

  /**
   * The rules of one value. Those of its characters are skipped if a reader has checked them. If there are several, they are tested one by one
   * only after a test of all has failed.
   */
  private rules(indent: string, rules: readonly Rule[], value: string, path: string, aboutKey = false): void {
    const classes = rules.filter((rule) => rule.refuses !== undefined);
    const refused = refusedCharacters(rules);
    const isAscii = refused !== undefined && allowsOnlyAscii(refused);
    const maxBytes = rules.find(({ name }) => name === 'max_bytes');
    const isTestedFirst = refused !== undefined && (classes.length > 1 || (isAscii && maxBytes !== undefined));
    let odd = '!prechecked';
    if (isTestedFirst) {
      odd = aboutKey ? 'oddKey' : 'odd';
      const test = this.scope.constant(regularExpression(refused));
      this.out.add(`${indent}const ${odd} = !prechecked && ${value} !== '' && ${test}.test(${value});`);
    }
    for (const rule of rules) {
      let violated = rule.violated(value, this.scope);
      if (classes.includes(rule)) violated = isTestedFirst && classes.length === 1 ? odd : `${odd} && ${violated}`;
      // Of ASCII, the bytes need not be counted.
      else if (isAscii && rule === maxBytes) violated = `(${odd} || ${value}.length > ${rule.bound}) && ${violated}`;
      this.report(indent, rule, violated, value, path, aboutKey);
    }
  }

  /** The rules of a field with one value. Of a number that a reader has checked, only 0 may violate one. */
  private fieldRules(indent: string, field: FieldModel, rules: readonly Rule[], path: string): void {
    if (precheckedVarintBytes(field, rules) === undefined) {
      this.rules(indent, rules, 'v', path);
      return;
    }
    if (rules.length > 1 && !rules.some((rule) => rule.refusesDefault)) {
      // As below, with one test for all rules.
      this.out.add(`${indent}if (!prechecked && v) {`);
      for (const rule of rules) this.report(`${indent}  `, rule, rule.violated('v', this.scope), 'v', path);
      this.out.add(`${indent}}`);
      return;
    }
    for (const rule of rules) {
      const violated = rule.violated('v', this.scope);
      // The default keeps the rules that do not refuse it, and comparing bigints is slow.
      const condition = rule.refusesDefault ? `prechecked ? !v : ${violated}` : `!prechecked && v && ${violated}`;
      this.report(indent, rule, condition, 'v', path);
    }
  }

  /** Adds the issue of a rule if it is violated. */
  private report(indent: string, rule: Rule, violated: string, value: string, path: string, aboutKey = false): void {
    const add = rule.add?.(path, value, this.scope, aboutKey ? 'key: ' : '') ?? this.addIssue(rule, value, path, aboutKey);
    this.out.add(`${indent}if (${violated}) issues = ${add};`);
  }

  private addIssue(rule: Rule, value: string, path: string, aboutKey: boolean): string {
    const text = rule.text?.(value, this.scope);
    return `${this.scope.wire('issues', 'addIssue')}(issues, ${path}, '${rule.name}', ${aboutKey ? `\`key: \${${text}}\`` : text})`;
  }

  /** A field outside of oneofs. */
  private field(field: FieldModel): void {
    const rules = fieldRules(field, this.settings);
    const path = literal(field.desc.jsonName);
    if (field.kind !== 'one') this.collection(field, rules, path);
    else if (field.presence) this.withPresence(field, rules, path);
    else if (rules.whole.length > 0) {
      const skipsDefault =
        precheckedVarintBytes(field, rules.whole) !== undefined && !rules.whole.some((rule) => rule.refusesDefault);
      this.out.add('  {', `    const v = m.${field.name}${skipsDefault ? '' : ` ?? ${this.defaultOf(field.type)}`};`);
      this.fieldRules('    ', field, rules.whole, path);
      this.out.add('  }');
    }
  }

  /** A message field or an optional one. If it is not set, it has no value to check. */
  private withPresence(field: FieldModel, { whole, required, unchecked }: FieldRules, path: string): void {
    const { name, type } = field;
    if (this.hasRules(type, whole, unchecked)) {
      this.out.add(`  if (m.${name} !== undefined) {`, `    const v = m.${name};`);
      this.fieldRules('    ', field, whole, path);
      this.nested('    ', type, 'v', path, unchecked);
      this.out.add('  }');
    }
    if (required) {
      const add = `${this.scope.wire('issues', 'addIssue')}(issues, ${path}, 'required', 'not set')`;
      this.out.add(`  if (m.${name} === undefined) issues = ${add};`);
    }
  }

  private hasRules(type: ValueType, rules: readonly Rule[], unchecked: boolean): boolean {
    return rules.length > 0 || (!unchecked && type.kind === 'message' && this.ruled.has(type.message));
  }

  /** The rules of an element or of a value of a map, and its check if it is a message. */
  private value(indent: string, type: ValueType, { items, unchecked }: FieldRules, value: string, path: string): void {
    this.rules(indent, items, value, path);
    this.nested(indent, type, value, path, unchecked);
  }

  /** The check of a value that is a message. */
  private nested(indent: string, type: ValueType, value: string, path: string, unchecked: boolean): void {
    if (unchecked || type.kind !== 'message' || !this.ruled.has(type.message)) return;
    const check = importPart(this.out, type.message, 'check', this.scope.options);
    const add = this.scope.wire('issues', 'addNested');
    // The comparison is inline, because a call of addNested for each message costs more.
    this.out.add(
      `${indent}const nested = ${check}(${value}${this.seen.has(type.message) ? ', prechecked' : ''});`,
      `${indent}if (nested !== undefined) issues = ${add}(issues, nested, ${path});`,
    );
  }

  /** A list or a map. */
  private collection(field: FieldModel, rules: FieldRules, path: string): void {
    const { name, kind, type } = field;
    const eachValue = this.hasRules(type, rules.items, rules.unchecked);
    if (rules.whole.length === 0 && !eachValue && rules.keys.length === 0) return;
    const none = this.scope.wire('rules', kind === 'list' ? 'NO_ITEMS' : 'NO_ENTRIES');
    const chars = this.charsToCount(field, eachValue);
    if (chars !== undefined) this.out.add(`  let ${chars} = 0;`);
    this.out.add('  {', `    const v = m.${name} ?? ${none};`);
    this.rules('    ', rules.whole, 'v', path);
    if (kind === 'list' && eachValue) {
      const loop = 'for (let i = 0; i < v.length; i++) {';
      this.out.add(areIds(field, rules.items) ? `    if (!prechecked) ${loop}` : `    ${loop}`, '      const item = v[i]!;');
      this.value('      ', type, rules, 'item', `${literal(`${field.desc.jsonName}[`)} + i + ']'`);
      this.leaveWhenFull('      ');
      this.out.add('    }');
    } else if (kind === 'map' && (eachValue || rules.keys.length > 0)) {
      this.entries(field, rules, path, eachValue);
    }
    this.out.add('  }');
  }

  /** The variable for the number of characters of a map, if `byte_total` needs it and the check iterates over the entries anyway. */
  private charsToCount({ desc, name, key, type }: FieldModel, eachValue: boolean): string | undefined {
    const counted = this.settings.message(desc.parent)?.byteTotal?.fields.includes(desc.name);
    const isText = (of: ValueType | undefined): boolean => of?.kind === 'scalar' && of.scalar === 'string';
    if (!counted || !eachValue || !isText(key) || !isText(type)) return undefined;
    const variable = `$${name}Chars`;
    this.scope.charsOfMaps.set(desc, variable);
    return variable;
  }

  private entries(field: FieldModel, rules: FieldRules, path: string, eachValue: boolean): void {
    // An empty map needs no iterator.
    const names = [rules.keys.length > 0 || eachValue ? 'key' : '', eachValue ? 'value' : ''].filter(Boolean);
    this.out.add('    if (v.size > 0) {', `      for (const [${names.join(', ')}] of v) {`);
    const chars = this.scope.charsOfMaps.get(field.desc);
    if (chars !== undefined) this.out.add(`        ${chars} += key.length + value.length;`);
    const secret = this.settings.field(field.desc)?.sensitive || this.settings.field(field.desc)?.keys?.sensitive;
    const entry = `${this.scope.wire('issues', 'entryPath')}(${path}, ${secret ? "'***'" : 'key'})`;
    this.rules('        ', rules.keys, 'key', entry, true);
    if (eachValue) this.value('        ', field.type, rules, 'value', entry);
    this.leaveWhenFull('        ');
    this.out.add('      }', '    }');
  }

  /** Bounds the time and memory for a hostile list. */
  private leaveWhenFull(indent: string): void {
    this.out.add(`${indent}if (issues !== undefined && ${this.scope.wire('issues', 'isFull')}(issues)) break;`);
  }

  /** The member that is set of a oneof. Nearly always it goes with the command that is usual for it: then that rule needs no call. */
  private members(oneof: string, fields: readonly FieldModel[], usual: UsualCommands | undefined): void {
    const ruled = fields
      .map((field) => ({ field, rules: fieldRules(field, this.settings) }))
      .filter(({ field, rules }) => this.hasRules(field.type, rules.whole, rules.unchecked));
    if (usual !== undefined) this.out.add(`  let usual = ${usual.none};`);
    if (ruled.length === 0) return;
    this.out.add(`  switch (m.${oneof}?.$case) {`);
    for (const { field, rules } of ruled) {
      this.out.add(`    case ${literal(field.name)}: {`, `      const v = m.${oneof}.value;`);
      const command = usual?.of.get(field);
      if (command !== undefined) this.out.add(`      usual = ${command};`);
      this.fieldRules('      ', field, rules.whole, literal(field.desc.jsonName));
      this.nested('      ', field.type, 'v', literal(field.desc.jsonName), rules.unchecked);
      this.out.add('      break;', '    }');
    }
    this.out.add('  }');
  }

  /** The literal of the default. */
  private defaultOf(type: ValueType): string {
    if (type.kind === 'enum') return '0';
    if (type.kind === 'message') throw new Error('a message has no default');
    if (type.scalar === 'string') return "''";
    if (type.scalar === 'bytes') return this.scope.wire('rules', 'NO_BYTES');
    if (type.scalar === 'bool') return 'false';
    return isLong(type.scalar) ? '0n' : '0';
  }
}
