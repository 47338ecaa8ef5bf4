// Quotes text of the schema for source code. All text except identifiers goes through these functions, so that it stays text.

/** Line terminators, control characters and those that change the direction of text. They are escaped in literals and comments. */
const ODD = /(?![\t\n])\p{Cc}|[\u2028-\u202e\u2066-\u2069]/gu;

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A string literal. */
export function literal(text: string): string {
  // JSON escapes backslashes, control characters and lone surrogates.
  return `'${JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"').replace(ODD, escaped)}'`;
}

/** The key of a property in an object literal. As a plain key, `__proto__` would set the prototype. */
export function propertyKey(name: string): string {
  return name === '__proto__' ? `[${literal(name)}]` : literal(name);
}

/** A regular expression, in the mode in which characters are code points. */
export function regularExpression(pattern: string): string {
  // toString escapes slashes and line terminators.
  return new RegExp(pattern, 'u').toString().replace(ODD, escaped);
}

/** The text of a comment, which cannot end it. */
export function commentText(text: string): string {
  return text.replaceAll('\r', '').replaceAll('*/', '* /').replace(ODD, escaped);
}

/** A TSDoc comment of `text`, indented. */
export function docComment(text: string, indent = ''): string {
  const lines = commentText(text)
    .trim()
    .split('\n')
    .map((line) => line.trim());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`].join('\n');
}
