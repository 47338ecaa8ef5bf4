// Places and comments of the elements of a file, by the path of an element in descriptor.proto.
import type { DescFile } from '@bufbuild/protobuf';
import type { SourceCodeInfo_Location } from '@bufbuild/protobuf/wkt';

export type Path = readonly number[];

export class SourceLocations {
  private readonly byPath = new Map<string, SourceCodeInfo_Location>();

  constructor(file: DescFile) {
    for (const location of file.proto.sourceCodeInfo?.location ?? []) {
      const path = location.path.join();
      if (!this.byPath.has(path)) this.byPath.set(path, location);
    }
  }

  /** Sorts elements as they are in the source; without places, they keep their order. */
  sort<T extends { readonly path: Path }>(elements: readonly T[]): T[] {
    return [...elements].sort((a, b) => this.compare(a.path, b.path));
  }

  /** The comments before an element. */
  before(path: Path): string[] {
    const location = this.byPath.get(path.join());
    if (location === undefined) return [];
    const detached = location.leadingDetachedComments.flatMap((text) => [...commentLines(text), '']);
    return [...detached, ...commentLines(location.leadingComments)];
  }

  /** The comment after an element. */
  after(path: Path): string[] {
    return commentLines(this.byPath.get(path.join())?.trailingComments ?? '');
  }

  private compare(a: Path, b: Path): number {
    const [first, second] = [a, b].map((path) => this.byPath.get(path.join())?.span);
    if (first === undefined || second === undefined) return 0;
    return first[0] - second[0] || first[1] - second[1];
  }
}

function commentLines(text: string): string[] {
  if (text === '') return [];
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `//${line.trimEnd()}`);
}
