/** A TSDoc comment of `text`, indented. */
export function docComment(text: string, indent = ''): string {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`].join('\n');
}
