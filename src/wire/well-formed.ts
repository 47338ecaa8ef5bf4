// Lone surrogates in texts, also on engines without `String.prototype.isWellFormed` (ES2024).

/** True if a text has no lone surrogate. */
export function isWellFormed(text: string): boolean {
  const { isWellFormed } = text as { isWellFormed?(): boolean };
  return isWellFormed === undefined ? loneSurrogateAt(text) < 0 : isWellFormed.call(text);
}

/** Index of the first lone surrogate in a text; -1 if there is none. */
export function loneSurrogateAt(text: string): number {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit & 0xf800) !== 0xd800) continue;
    // A high surrogate, then a low one. At the end of the text, NaN fails too.
    if (unit > 0xdbff || (text.charCodeAt(i + 1) & 0xfc00) !== 0xdc00) return i;
    i += 1;
  }
  return -1;
}

/** The text with U+FFFD instead of each lone surrogate. */
export function toWellFormed(text: string): string {
  // Neither lookbehind nor \p{}: Hermes and older WebKits do not compile them.
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) => (found.length === 2 ? found : '\ufffd'));
}
