const BEGIN = /^<!-- generated:(\S+) -->$/;
const END = '<!-- /generated -->';

/**
 * Puts into each block of a page what its name stands for.
 * @param contents by name, without a line break at the end; of a name with undefined, the block stays as it is.
 * @param page for errors.
 * @throws Error for a name that stands for nothing, and for markers that do not go together.
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
      if (!open) throw new Error(`${page}:${i + 1}: ${END} ends nothing`);
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
  if (!contents.has(name)) throw new Error(`${where}: generated:${name} is none of ${[...contents.keys()].join(', ')}`);
  return contents.get(name);
}
