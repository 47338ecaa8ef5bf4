const BEGIN = /^<!-- generated:(\S+) -->$/;
const END = '<!-- /generated -->';

/**
 * Replaces the contents of each generated block of a page.
 * @param contents by name, without a trailing line break; undefined keeps the block.
 * @param page for errors.
 * @throws Error for an unknown name, and for unmatched markers.
 */
export function replaceBlocks(text: string, contents: ReadonlyMap<string, string | undefined>, page: string): string {
  const lines: string[] = [];
  let open: { readonly name: string; readonly line: number; readonly keeps: boolean } | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const name = BEGIN.exec(line)?.[1];
    if (name !== undefined) {
      if (open) throw new Error(`${page}:${i + 1}: generated:${name} begins inside of generated:${open.name}`);
      const content = contentOf(name, contents, `${page}:${i + 1}`);
      open = { name, line: i + 1, keeps: content === undefined };
      lines.push(line, ...(content === undefined ? [] : [content]));
    } else if (line === END) {
      if (!open) throw new Error(`${page}:${i + 1}: ${END} without a beginning`);
      open = undefined;
      lines.push(line);
    } else if (!open || open.keeps) {
      lines.push(line);
    }
  }
  if (open) throw new Error(`${page}:${open.line}: generated:${open.name} has no end`);
  return lines.join('\n');
}

function contentOf(name: string, contents: ReadonlyMap<string, string | undefined>, where: string): string | undefined {
  if (!contents.has(name))
    throw new Error(`${where}: unknown block generated:${name}, expected one of ${[...contents.keys()].join(', ')}`);
  return contents.get(name);
}
