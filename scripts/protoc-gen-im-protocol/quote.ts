// How text of the schema gets into source: everything but identifiers goes through here, so that it stays text.

/** Line terminators, controls and what changes the direction of text: none stands as itself, in a literal or a comment. */
const ODD = /(?![\t\n])\p{Cc}|[\u2028-\u202e\u2066-\u2069]/gu;

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A string literal. */
export function literal(text: string): string {
  // JSON escapes backslashes, controls and lone surrogates. An escaped quotation mark is one in single quotes, too.
  return `'${JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"').replace(ODD, escaped)}'`;
}

/** The key of a property in an object literal. As a plain key, `__proto__` would set the prototype. */
export function propertyKey(name: string): string {
  return name === '__proto__' ? `[${literal(name)}]` : literal(name);
}

/** A regular expression, in the mode in which characters are code points. */
export function regularExpression(pattern: string): string {
  // Its own text escapes slashes and line terminators.
  return new RegExp(pattern, 'u').toString().replace(ODD, escaped);
}

/** The text of a comment, in which nothing ends it. */
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
