// Replaces all names in descriptors for ts-proto by placeholders, and the placeholders in its output by the names.
import { clone, type DescEnum, type DescFile, type DescMessage } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { type DescriptorProto, type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { modulePath } from './generated-paths.js';
import { memberName, propertyName, typeName } from './names.js';
import { commentText } from './quote.js';
import { addRuleComments } from './rule-comments.js';
import type { Settings } from './settings.js';
import type { Source } from './source.js';

/** Prefix of each package, so that none is `google.protobuf`. */
const PACKAGE = 'qz';

export class Veil {
  /** The names, by the number of their placeholder. */
  private readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly byName = new Map<string, DescFile>();
  private readonly types = new Map<string, DescMessage | DescEnum>();
  /** The full names of types for ts-proto. */
  private readonly shown = new Map<string, string>();

  constructor(
    private readonly all: readonly DescFile[],
    private readonly settings: Settings,
  ) {
    for (const file of [...all].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      this.byName.set(this.hide(file.name), file);
      for (const type of nestedTypes(file)) {
        if (type.kind === 'message' || type.kind === 'enum') this.types.set(type.typeName, type);
      }
    }
  }

  /** Name of a file for ts-proto. All are in one folder. */
  fileName(file: DescFile): string {
    return `${this.hide(file.name)}.proto`;
  }

  /** The descriptors for ts-proto. */
  files(): FileDescriptorProto[] {
    const files = this.all.map((file) => this.file(file));
    for (const file of files) for (const message of file.messageType) this.refer(message);
    return files;
  }

  /** Adds the output of ts-proto for a file, with the names. */
  lift(content: string, out: Source): void {
    // ts-proto wraps long ones.
    const imports = [...content.matchAll(/^import type \{([^}]*)\} from "(.*)";$/gm)];
    // Without the comments of ts-proto at the start.
    let body = content
      .replace(/^\/\/.*\n/gm, '')
      .replace(/^\/\* eslint-disable \*\/$/m, '')
      .replace(/^import [^;]*;\n/gm, '');
    for (const [, names, from] of imports) {
      for (const each of names.split(',')) {
        if (each.trim() === '') continue;
        const [name, as = name] = each.trim().split(' as ');
        const alias = out.importType(this.unveil(name), this.modulePath(from), this.unveil(as));
        // An Init type has the name. Properties keep it: they are followed by a colon, cases by a quote.
        if (alias !== this.unveil(as))
          body = body.replace(new RegExp(`\\b${as}\\b(?![?]?:|")`, 'g'), alias.replaceAll('$', '$$$$'));
      }
    }
    out.add('', this.unveil(body).trim());
  }

  /** Replaces placeholders. If two files have a name, ts-proto adds a number. */
  private unveil(text: string): string {
    return text.replace(/Qz(\d{5,})Qz(\d*)/g, (all, number: string, twin: string) => {
      const name = this.names[Number(number)];
      return name === undefined ? all : name + (twin === '' ? '' : `$${twin}`);
    });
  }

  /** The module to import for a path of ts-proto. */
  private modulePath(from: string): string {
    const target = this.byName.get(/^\.\/(Qz\d{5,}Qz)\.js$/.exec(from)?.[1] ?? '');
    return target === undefined ? from : modulePath('types', target);
  }

  private hide(name: string): string {
    const number = this.numbers.get(name) ?? this.names.push(name) - 1;
    this.numbers.set(name, number);
    return `Qz${String(number).padStart(5, '0')}Qz`;
  }

  private file(desc: DescFile): FileDescriptorProto {
    const file = clone(FileDescriptorProtoSchema, desc.proto);
    const before = file.package === '' ? '' : `.${file.package}`;
    file.name = this.fileName(desc);
    file.dependency = desc.dependencies.map((other) => this.fileName(other));
    file.package = `${PACKAGE}${before}`;
    // Not generated.
    file.extension = [];
    file.service = [];
    for (const location of file.sourceCodeInfo?.location ?? []) {
      location.leadingComments = commentText(location.leadingComments);
      location.trailingComments = commentText(location.trailingComments);
      location.leadingDetachedComments = location.leadingDetachedComments.map(commentText);
    }
    addRuleComments(file, desc, this.settings);
    this.declare(file, before, `.${file.package}`);
    return file;
  }

  /** Replaces the names that a file or message declares, and stores the full names of types. */
  private declare(parent: FileDescriptorProto | DescriptorProto, before: string, after: string): void {
    const messages = 'messageType' in parent ? parent.messageType : parent.nestedType;
    for (const type of [...messages, ...parent.enumType]) {
      const old = `${before}.${type.name}`;
      const desc = this.types.get(old.slice(1));
      type.name = this.hide(desc === undefined ? `${type.name}$` : segmentOf(desc));
      const name = `${after}.${type.name}`;
      this.shown.set(old, name);
      if ('nestedType' in type) {
        if (desc?.kind === 'message') this.members(type, desc);
        this.declare(type, old, name);
      } else if (desc?.kind === 'enum') {
        type.value.forEach((value, i) => {
          value.name = this.hide(memberName(desc.values[i]));
        });
      }
    }
  }

  private members(message: DescriptorProto, desc: DescMessage): void {
    for (const field of message.field) {
      const own = desc.fields.find(({ number }) => number === field.number);
      if (own !== undefined) field.name = this.hide(propertyName(own));
    }
    for (const oneof of message.oneofDecl) {
      const own = desc.oneofs.find(({ name }) => name === oneof.name);
      oneof.name = this.hide(own === undefined ? oneof.name : propertyName(own));
    }
    message.extension = [];
  }

  /** Replaces the names of types in the fields of a message. */
  private refer(message: DescriptorProto): void {
    for (const field of message.field) field.typeName = this.shown.get(field.typeName) ?? field.typeName;
    for (const nested of message.nestedType) this.refer(nested);
  }
}

/** The part of a type's name after that of its parent and an underscore, which ts-proto adds. Entries of maps have no name of their own. */
function segmentOf(desc: DescMessage | DescEnum): string {
  return desc.parent === undefined ? typeName(desc) : typeName(desc).slice(typeName(desc.parent).length + 1);
}
