// Makes untrusted text safe to print: it may contain control sequences for a terminal, change the direction of text, or be invisible.

// Ranges, because older Hermes compiles no \p{...}, and so that all engines escape the same characters.
/** Control and format characters, line separators, ignorable characters, and lone surrogates: `\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}` of Unicode 17. */
const ACTING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is searched.
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single characters, not sequences.
  /[\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/**
 * Quotes a text and escapes it as in JSON, control sequences included. Use it for every text of a peer.
 * @param shownChars maximum length; a longer text is truncated.
 */
export function quoted(text: string, shownChars = Number.POSITIVE_INFINITY): string {
  return inertJson(JSON.stringify(text.length > shownChars ? `${text.slice(0, shownChars)}…` : text));
}

/**
 * Escapes the characters of JSON that a terminal would interpret. Its meaning stays the same. Control characters below U+0020 stay: JSON has
 * escaped them already, and colour codes around JSON contain them.
 */
export function inertJson(json: string): string {
  return json.replace(ACTING, (char) => (char < ' ' ? char : escaped(char)));
}

/** Escapes the characters of a text that a terminal would interpret, as in JSON. */
export function inertText(text: string): string {
  return text.replace(ACTING, escaped);
}

/** Escapes each code unit of a character. */
function escaped(char: string): string {
  const short = JSON.stringify(char).slice(1, -1);
  if (short !== char) return short;
  return Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
}
