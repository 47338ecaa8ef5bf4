/** A TSDoc comment of `text`, indented. An end of a comment in it is written as ts-proto writes it. */
export function docComment(text: string, indent = ''): string {
  const lines = text
    .replaceAll('*/', '* /')
    .trim()
    .split('\n')
    .map((line) => line.trim());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`].join('\n');
}
