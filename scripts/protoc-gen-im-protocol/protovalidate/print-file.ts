// Writes a file of a schema as .proto source, from its descriptor, with comments and all options.
import type {
  DescEnum,
  DescExtension,
  DescField,
  DescFile,
  DescMessage,
  DescOneof,
  DescService,
  Registry,
} from '@bufbuild/protobuf';
import { isFieldSet, ScalarType } from '@bufbuild/protobuf';
import {
  Edition,
  EnumOptionsSchema,
  EnumValueOptionsSchema,
  ExtensionRangeOptionsSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FileOptionsSchema,
  MessageOptionsSchema,
  MethodOptionsSchema,
  OneofOptionsSchema,
  ServiceOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import { schemaError } from '../schema-error.js';
import { type OptionEntry, optionsOf } from './options.js';
import { type Path, SourceLocations } from './source-locations.js';
import { formatValue, Identifier, quoted, type TextValue } from './text-format.js';
import type { TypeNames } from './type-names.js';

/** Adds options to elements. */
export interface Additions {
  /** Imported in addition, sorted to the other imports. */
  readonly imports: readonly string[];
  of(desc: DescMessage | DescField | DescOneof): OptionEntry[];
}

/** An element with its place in the source, and the function that writes it. */
interface Element {
  readonly path: Path;
  write(): void;
}

/** `to max` in the source: the largest number of a field, and of an enum value. */
const MAX_FIELD = 536870911;
const MAX_ENUM = 2147483647;

export function printFile(file: DescFile, registry: Registry, names: TypeNames, additions: Additions): string {
  return new FilePrinter(file, registry, names, additions).print();
}

class FilePrinter {
  private readonly lines: string[] = [];
  private readonly source: SourceLocations;
  private indent = '';

  constructor(
    private readonly file: DescFile,
    private readonly registry: Registry,
    private readonly names: TypeNames,
    private readonly additions: Additions,
  ) {
    this.source = new SourceLocations(file);
  }

  print(): string {
    const { proto } = this.file;
    this.statement([12], syntaxOf(this.file));
    if (proto.package !== '') {
      this.gap();
      this.statement([2], `package ${proto.package};`);
    }
    this.imports();
    const options = optionsOf(proto.options, FileOptionsSchema, this.registry);
    if (options.length > 0) this.gap();
    for (const [name, value] of options)
      this.statement(optionPath([8], name, FileOptionsSchema), `option ${this.setting(name, value, proto.package, '')};`);
    const { extensions, enums, messages, services } = this.file;
    this.elements([
      ...this.extensionBlocks(extensions, [7]),
      ...enums.map((desc, i) => ({ path: [5, i], write: () => this.enum(desc, [5, i]) })),
      ...messages.map((desc) => this.messageElement(desc, [4, proto.messageType.indexOf(desc.proto)])),
      ...services.map((desc, i) => ({ path: [6, i], write: () => this.service(desc, [6, i]) })),
    ]);
    return `${this.lines.join('\n').trim()}\n`;
  }

  private imports(): void {
    const {
      dependency,
      publicDependency,
      weakDependency,
      optionDependency = [],
    } = this.file.proto as typeof this.file.proto & {
      optionDependency?: string[];
    };
    const modifier = (i: number): string =>
      publicDependency.includes(i) ? 'public ' : weakDependency.includes(i) ? 'weak ' : '';
    const imports = [
      ...dependency.map((name, i) => ({ name, modifier: modifier(i), path: [3, i] })),
      ...optionDependency.map((name) => ({ name, modifier: 'option ', path: [] })),
      ...this.additions.imports
        .filter((name) => !dependency.includes(name) && !optionDependency.includes(name))
        .map((name) => ({ name, modifier: '', path: [] })),
    ].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (imports.length > 0) this.gap();
    for (const each of imports) this.statement(each.path, `import ${each.modifier}${quoted(each.name)};`);
  }

  private messageElement(desc: DescMessage, path: Path): Element {
    return { path, write: () => this.message(desc, path) };
  }

  private message(desc: DescMessage, path: Path): void {
    const { proto } = desc;
    this.block(path, `message ${proto.name}`, () => {
      this.options(desc.typeName, [...path, 7], MessageOptionsSchema, proto.options, this.additions.of(desc));
      this.elements(
        [
          ...this.reserved(proto.reservedRange, proto.reservedName, [...path, 9], [...path, 10], MAX_FIELD, 1),
          ...this.extensionRanges(desc, [...path, 5]),
          ...this.members(desc, path),
          ...desc.nestedEnums.map((nested, i) => ({ path: [...path, 4, i], write: () => this.enum(nested, [...path, 4, i]) })),
          ...desc.nestedMessages.map((nested) =>
            this.messageElement(nested, [...path, 3, proto.nestedType.indexOf(nested.proto)]),
          ),
          ...this.extensionBlocks(desc.nestedExtensions, [...path, 6]),
        ],
        true,
      );
    });
  }

  /** Fields, and oneofs with theirs. */
  private members(desc: DescMessage, path: Path): Element[] {
    const fieldPath = (field: DescField): Path => [...path, 2, desc.proto.field.indexOf(field.proto)];
    return desc.members.map((member) =>
      member.kind === 'field'
        ? { path: fieldPath(member), write: () => this.field(member, fieldPath(member)) }
        : {
            path: [...path, 8, desc.proto.oneofDecl.indexOf(member.proto)],
            write: () => this.oneof(member, [...path, 8, desc.proto.oneofDecl.indexOf(member.proto)], fieldPath),
          },
    );
  }

  private oneof(desc: DescOneof, path: Path, fieldPath: (field: DescField) => Path): void {
    this.block(path, `oneof ${desc.name}`, () => {
      this.options(desc.parent.typeName, [...path, 2], OneofOptionsSchema, desc.proto.options, this.additions.of(desc));
      this.elements(
        desc.fields.map((field) => ({ path: fieldPath(field), write: () => this.field(field, fieldPath(field)) })),
        true,
      );
    });
  }

  private field(desc: DescField | DescExtension, path: Path): void {
    const { proto } = desc;
    if (proto.type === FieldDescriptorProto_Type.GROUP && this.isProto2()) throw schemaError(desc, 'groups are not supported');
    const added = desc.kind === 'field' ? this.additions.of(desc) : [];
    const options = [...pseudoOptions(desc), ...optionsOf(proto.options, FieldOptionsSchema, this.registry), ...added];
    this.statement(
      path,
      `${this.labelOf(desc)}${this.typeOf(desc)} ${proto.name} = ${proto.number}${this.brackets(options, scopeOf(desc))};`,
    );
  }

  private labelOf({ proto, fieldKind, oneof, kind }: DescField | DescExtension): string {
    if (fieldKind === 'map') return '';
    if (proto.label === FieldDescriptorProto_Label.REPEATED) return 'repeated ';
    if (proto.label === FieldDescriptorProto_Label.REQUIRED) return 'required ';
    const isOptional = proto.proto3Optional || (this.isProto2() && (kind === 'extension' || oneof === undefined));
    return isOptional ? 'optional ' : '';
  }

  private typeOf(desc: DescField | DescExtension): string {
    if (desc.fieldKind !== 'map') return this.valueType(desc.proto, desc);
    const value = desc.message ?? desc.enum;
    const name = value === undefined ? scalarName(desc.scalar as ScalarType) : this.names.shortest(value.typeName, scopeOf(desc));
    return `map<${scalarName(desc.mapKey)}, ${name}>`;
  }

  private valueType(proto: DescField['proto'], desc: DescField | DescExtension): string {
    if (proto.typeName !== '') return this.names.shortest(proto.typeName.replace(/^\./, ''), scopeOf(desc));
    return scalarName(proto.type as number as ScalarType);
  }

  private enum(desc: DescEnum, path: Path): void {
    const { proto } = desc;
    this.block(path, `enum ${proto.name}`, () => {
      this.options(desc.typeName, [...path, 3], EnumOptionsSchema, proto.options);
      this.elements(
        [
          ...this.reserved(proto.reservedRange, proto.reservedName, [...path, 4], [...path, 5], MAX_ENUM, 0),
          ...desc.values.map((value, i) => ({
            path: [...path, 2, i],
            write: () => {
              const options = optionsOf(value.proto.options, EnumValueOptionsSchema, this.registry);
              this.statement([...path, 2, i], `${value.name} = ${value.number}${this.brackets(options, desc.typeName)};`);
            },
          })),
        ],
        true,
      );
    });
  }

  private service(desc: DescService, path: Path): void {
    this.block(path, `service ${desc.name}`, () => {
      this.options(desc.typeName, [...path, 3], ServiceOptionsSchema, desc.proto.options);
      this.elements(
        desc.methods.map((method, i) => ({
          path: [...path, 2, i],
          write: () => {
            const { proto } = method;
            const type = (streams: boolean, { typeName }: DescMessage): string =>
              `(${streams ? 'stream ' : ''}${this.names.shortest(typeName, desc.typeName)})`;
            const call = `rpc ${proto.name}${type(proto.clientStreaming, method.input)} returns ${type(proto.serverStreaming, method.output)}`;
            const options = optionsOf(proto.options, MethodOptionsSchema, this.registry);
            if (options.length === 0) this.statement([...path, 2, i], `${call};`);
            else
              this.block([...path, 2, i], call, () =>
                this.options(desc.typeName, [...path, 2, i, 4], MethodOptionsSchema, proto.options),
              );
          },
        })),
        true,
      );
    });
  }

  /** Extensions of one message that follow each other share a block. */
  private extensionBlocks(extensions: readonly DescExtension[], path: Path): Element[] {
    const blocks: { extendee: DescMessage; first: number; fields: DescExtension[] }[] = [];
    extensions.forEach((extension, i) => {
      const last = blocks.at(-1);
      if (last?.extendee === extension.extendee) last.fields.push(extension);
      else blocks.push({ extendee: extension.extendee, first: i, fields: [extension] });
    });
    return blocks.map(({ extendee, first, fields }) => ({
      path: [...path, first],
      write: () => {
        const scope = fields[0].parent?.typeName ?? this.file.proto.package;
        // The comments of the first one are written with it.
        this.block([], `extend ${this.names.shortest(extendee.typeName, scope)}`, () => {
          this.elements(
            fields.map((field, i) => ({ path: [...path, first + i], write: () => this.field(field, [...path, first + i]) })),
            true,
          );
        });
      },
    }));
  }

  private reserved(
    ranges: readonly { start: number; end: number }[],
    reservedNames: readonly string[],
    rangePath: Path,
    namePath: Path,
    max: number,
    afterEnd: number,
  ): Element[] {
    const texts = ranges.map(({ start, end }) => rangeText(start, end - afterEnd, max));
    // Editions write names without quotes.
    const isQuoted = this.file.edition <= Edition.EDITION_PROTO3;
    const quotedNames = reservedNames.map((name) => (isQuoted ? quoted(name) : name));
    return [
      ...texts.map((text, i) => ({
        path: [...rangePath, i],
        write: () => this.statement([...rangePath, i], `reserved ${text};`),
      })),
      ...quotedNames.map((text, i) => ({
        path: [...namePath, i],
        write: () => this.statement([...namePath, i], `reserved ${text};`),
      })),
    ];
  }

  private extensionRanges(desc: DescMessage, path: Path): Element[] {
    return desc.proto.extensionRange.map(({ start, end, options }, i) => ({
      path: [...path, i],
      write: () => {
        const entries = optionsOf(options, ExtensionRangeOptionsSchema, this.registry);
        this.statement(
          [...path, i],
          `extensions ${rangeText(start, end - 1, MAX_FIELD)}${this.brackets(entries, desc.typeName)};`,
        );
      },
    }));
  }

  private options(
    scope: string,
    path: Path,
    desc: DescMessage,
    proto: Parameters<typeof optionsOf>[0],
    added: readonly OptionEntry[] = [],
  ): void {
    for (const [name, value] of [...optionsOf(proto, desc, this.registry), ...added]) {
      this.statement(optionPath(path, name, desc), `option ${this.setting(name, value, scope, this.indent)};`);
    }
  }

  private setting(name: string, value: TextValue, scope: string, indent: string): string {
    const reference = name.replace(/^\((.*?)\)/, (_, extension: string) => `(${this.names.extension(extension, scope)})`);
    return `${reference} = ${formatValue(value, indent)}`;
  }

  /** Options of a field or value, in brackets. */
  private brackets(options: readonly OptionEntry[], scope: string): string {
    if (options.length === 0) return '';
    const one = options.length === 1;
    const inner = one ? this.indent : `${this.indent}  `;
    const texts = options.map(([name, value]) => this.setting(name, value, scope, inner));
    return one ? ` [${texts[0]}]` : ` [\n${inner}${texts.join(`,\n${inner}`)}\n${this.indent}]`;
  }

  /** Elements in the order of the source, with an empty line between those that are blocks. */
  private elements(elements: readonly Element[], isNested = false): void {
    this.source.sort(elements).forEach(({ write }, i) => {
      if (!isNested || (i > 0 && this.lines.at(-1) === `${this.indent}}`)) this.gap();
      write();
    });
  }

  private block(path: Path, head: string, content: () => void): void {
    const start = this.lines.length;
    this.statement(path, `${head} {`);
    const first = this.lines.length;
    const outer = this.indent;
    this.indent += '  ';
    content();
    this.indent = outer;
    if (this.lines.length === first && first === start + 1) this.lines[start] += '}';
    else this.add('}');
  }

  /** A statement with its comments. */
  private statement(path: Path, text: string): void {
    for (const line of this.source.before(path)) this.add(line);
    const [comment, ...rest] = this.source.after(path);
    this.add(comment === undefined ? text : `${text} ${comment}`);
    if (rest.length > 0) for (const line of [...rest, '']) this.add(line);
  }

  private add(text: string): void {
    this.lines.push(text === '' ? '' : this.indent + text);
  }

  private gap(): void {
    if (this.lines.at(-1) !== '') this.lines.push('');
  }

  private isProto2(): boolean {
    return this.file.edition === Edition.EDITION_PROTO2;
  }
}

function syntaxOf({ edition }: DescFile): string {
  if (edition === Edition.EDITION_PROTO2) return 'syntax = "proto2";';
  if (edition === Edition.EDITION_PROTO3) return 'syntax = "proto3";';
  return `edition = "${Edition[edition].replace('EDITION_', '')}";`;
}

/** What is written as an option, but is not one: `json_name` and `default`. */
function pseudoOptions(desc: DescField | DescExtension): OptionEntry[] {
  const { proto } = desc;
  const options: OptionEntry[] = [];
  if (isFieldSet(proto, FieldDescriptorProtoSchema.field.defaultValue)) {
    const isText = proto.type === FieldDescriptorProto_Type.STRING;
    const isBytes = proto.type === FieldDescriptorProto_Type.BYTES;
    // The default of bytes is escaped in the descriptor already.
    const value = isText ? proto.defaultValue : new Identifier(isBytes ? `"${proto.defaultValue}"` : proto.defaultValue);
    options.push(['default', value]);
  }
  // buf and protoc set it in each field.
  if (desc.kind === 'field' && proto.jsonName !== '' && proto.jsonName !== derivedJsonName(proto.name))
    options.push(['json_name', proto.jsonName]);
  return options;
}

function derivedJsonName(name: string): string {
  return name.replace(/_+(.?)/g, (_, next: string) => next.toUpperCase());
}

function rangeText(first: number, last: number, max: number): string {
  if (first === last) return String(first);
  return `${first} to ${last >= max ? 'max' : last}`;
}

function scalarName(type: ScalarType): string {
  return ScalarType[type].toLowerCase();
}

/** The message or package in which a field is written. */
function scopeOf(desc: DescField | DescExtension): string {
  return desc.parent?.typeName ?? (desc as DescExtension).file.proto.package;
}

/** The path of an option that is not custom; comments of others are not kept. */
function optionPath(path: Path, name: string, desc: DescMessage): Path {
  const field = desc.fields.find((each) => each.name === name);
  return field === undefined ? [] : [...path, field.number];
}
