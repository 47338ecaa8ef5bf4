// The shortest name by which a place in a schema can refer to a type.
import type { DescFile, DescMessage } from '@bufbuild/protobuf';

/** All names of a schema: what has members (packages, messages, enums), and what is a type. */
export class TypeNames {
  private readonly parents = new Set<string>();
  private readonly types = new Set<string>();

  constructor(files: Iterable<DescFile>) {
    for (const file of files) {
      const parts = file.proto.package.split('.');
      parts.forEach((_, i) => {
        this.parents.add(parts.slice(0, i + 1).join('.'));
      });
      for (const { typeName } of file.enums) this.addType(typeName);
      for (const message of file.messages) this.addMessage(message);
      for (const { typeName } of file.services) this.parents.add(typeName);
    }
  }

  /** @param scope the full name of the package or message in which the name is written. */
  shortest(typeName: string, scope: string): string {
    const parts = typeName.split('.');
    for (let first = parts.length - 1; first >= 0; first--) {
      const name = parts.slice(first).join('.');
      if (this.resolve(name, scope) === typeName) return name;
    }
    return `.${typeName}`;
  }

  /** An extension by its full name, which begins with a dot where its first part names something else. */
  extension(name: string, scope: string): string {
    const [first] = name.split('.');
    const scopes = scope.split('.');
    const isHidden = scopes.some((_, i) => this.parents.has([...scopes.slice(0, i + 1), first].join('.')));
    return isHidden ? `.${name}` : name;
  }

  /**
   * The innermost scope that has the first part of the name decides
   * (https://protobuf.com/docs/language-spec#reference-resolution).
   */
  private resolve(name: string, scope: string): string | undefined {
    const [first] = name.split('.');
    const scopes = scope === '' ? [] : scope.split('.');
    for (let depth = scopes.length; depth >= 0; depth--) {
      const prefix = scopes
        .slice(0, depth)
        .map((part) => `${part}.`)
        .join('');
      const isFound = first === name ? this.types.has(prefix + first) : this.parents.has(prefix + first);
      if (isFound) return this.types.has(prefix + name) ? prefix + name : undefined;
    }
    return undefined;
  }

  private addMessage(message: DescMessage): void {
    this.addType(message.typeName);
    for (const { typeName } of message.nestedEnums) this.addType(typeName);
    for (const nested of message.nestedMessages) this.addMessage(nested);
  }

  private addType(typeName: string): void {
    this.parents.add(typeName);
    this.types.add(typeName);
  }
}
