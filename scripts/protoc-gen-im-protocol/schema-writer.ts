// Writes the zod schema of one message after the other into a file.
import type { DescMessage } from '@bufbuild/protobuf';
import { docComment } from './doc-comment.js';
import { initName } from './emit-inits.js';
import { fieldRules } from './field-rules.js';
import { modulePath } from './generated-paths.js';
import { messageRules } from './message-rules.js';
import type { FieldModel, MessageModel, ScalarName, ValueType } from './model.js';
import { typeName } from './names.js';
import { literal, type Rule, type Scope } from './rule.js';
import type { Settings } from './settings.js';
import type { Source } from './source.js';

/** Name of the schema of a message. */
export const schemaName = (desc: DescMessage): string => `${typeName(desc)}Schema`;

export class SchemaWriter {
  private readonly out: Source;
  private readonly written = new Set<DescMessage>();

  constructor(
    readonly scope: Scope,
    private readonly settings: Settings,
  ) {
    this.out = scope.out;
  }

  message(message: MessageModel): void {
    const { desc, name, fields, oneofs, recursive } = message;
    const init = (): string => this.out.importType(initName(name), modulePath('init', desc.file, this.scope.options));
    // The type of a schema that contains itself cannot be inferred.
    const annotation = recursive ? `: ${this.z}.ZodMiniType<${init()}, ${init()}>` : '';
    const rules = messageRules(message, this.settings);
    this.out.add(
      '',
      docComment(`The zod schema of ${name}: accepts what its check accepts. A field that is left out has its default.`),
    );
    this.out.add(`export const ${schemaName(desc)}${annotation} = ${this.wire('message')}('${desc.typeName}', {`);
    for (const field of fields) if (field.oneof === undefined) this.out.add(`  ${field.name}: ${this.field(field)},`);
    for (const oneof of oneofs) {
      const isRequired = rules.some((rule) => rule.oneof === oneof.name && rule.refusesDefault);
      const members = oneof.fields.map(
        (f) => `    ${f.name}: ${this.value(f.type, fieldRules(f, this.settings).whole, this.isSecret(f))},`,
      );
      const [open, close] = isRequired ? ['', ''] : [`${this.z}.optional(`, ')'];
      this.out.add(`  ${oneof.name}: ${open}${this.wire('oneof')}({`, ...members, `  })${close},`);
    }
    // A oneof that cannot be left out is refused as a field.
    const checks = rules.filter((rule) => rule.oneof === undefined || !rule.refusesDefault);
    this.out.add(`})${checks.length === 0 ? '' : this.checks(checks, 'm', init())};`);
    this.written.add(desc);
  }

  private wire(name: string): string {
    return this.scope.wire(name === 'message' || name === 'oneof' ? 'zod-message' : 'zod-values', name);
  }

  /** zod itself. */
  private get z(): string {
    return this.out.importAll('zod/mini', 'z');
  }

  private isSecret({ desc }: FieldModel): boolean {
    return this.settings.field(desc)?.sensitive ?? false;
  }

  /** The schema of a field outside of oneofs. */
  private field(field: FieldModel): string {
    const { kind, type, key } = field;
    const { whole, items, keys, refusesDefault } = fieldRules(field, this.settings);
    const secret = this.isSecret(field);
    const value = this.value(type, kind === 'one' ? whole : items, secret);
    let schema = value;
    if (kind === 'list') schema = `${this.wire('list')}(${value})${this.checks(whole, 'v', 'readonly unknown[]')}`;
    if (key) {
      const entry = `${this.value(key, keys, secret)}, ${value}`;
      schema = `${this.wire('map')}(${entry})${this.checks(whole, 'v', 'ReadonlyMap<unknown, unknown>')}`;
    }
    return refusesDefault ? schema : `${this.z}.optional(${schema})`;
  }

  /** The schema of one value with its rules. */
  private value(type: ValueType, rules: readonly Rule[], secret: boolean): string {
    if (type.kind === 'message') return this.reference(type.message);
    const [schema, valueType] = this.scalar(type.kind === 'enum' ? 'enum' : type.scalar, secret);
    return schema + this.checks(rules, 'v', valueType);
  }

  private reference(message: DescMessage): string {
    const name = this.out.import(schemaName(message), modulePath('zod', message.file, this.scope.options));
    const isLater = message.file.name === this.file && !this.written.has(message);
    return isLater ? `${this.z}.lazy(() => ${name})` : name;
  }

  /** The schema of a scalar type, and its type in TypeScript. */
  private scalar(type: ScalarName | 'enum', secret: boolean): [schema: string, type: string] {
    const told = (): string => `${this.wire('told')}('${type}'${secret ? ', true' : ''})`;
    switch (type) {
      case 'string':
        return [`${this.wire('text')}()`, 'string'];
      case 'bytes':
        return [`${this.wire('bytes')}()`, 'Uint8Array'];
      case 'bool':
        return [`${this.z}.boolean(${told()})`, 'boolean'];
      case 'float':
      case 'double':
        return [`${this.wire('float')}('${type}'${secret ? ', true' : ''})`, 'number'];
      case 'uint32':
      case 'fixed32':
        return [`${this.z}.uint32(${told()})`, 'number'];
      case 'uint64':
      case 'fixed64':
        return [`${this.z}.uint64(${told()})`, 'bigint'];
      case 'int64':
      case 'sint64':
      case 'sfixed64':
        return [`${this.z}.int64(${told()})`, 'bigint'];
      default:
        return [`${this.z}.int32(${told()})`, 'number'];
    }
  }

  /** `.check(...)` with the rules of a value of the type; empty without rules. */
  private checks(rules: readonly Rule[], value: string, type: string): string {
    if (rules.length === 0) return '';
    const calls = rules.map((rule) => {
      const path = rule.oneof === undefined ? '' : `, [${literal(rule.oneof)}]`;
      const [broken, text] = [rule.broken(value, this.scope), rule.text(value, this.scope)];
      const text1 = text.startsWith("'") ? `() => ${text}` : `(${value}) => ${text}`;
      return `${this.wire('rule')}<${type}>('${rule.name}', (${value}) => ${broken}, ${text1}${path})`;
    });
    return `.check(${calls.join(', ')})`;
  }

  private get file(): string {
    return this.out.path.replace(/^zod\//, '').replace(/\.ts$/, '');
  }
}
