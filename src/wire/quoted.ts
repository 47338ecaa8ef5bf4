// Makes untrusted text safe to print: it may contain control sequences for a terminal, change the direction of text, or be invisible.

/** Control and format characters, line separators, ignorable characters, and lone surrogates. */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
/** The same, without the control characters that JSON escapes already: colour codes around JSON contain them. */
const ACTING_IN_JSON = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Quotes a text and escapes it as in JSON, control sequences included. Use it for every text of a peer.
 * @param shownChars maximum length; a longer text is truncated.
 */
export function quoted(text: string, shownChars = Number.POSITIVE_INFINITY): string {
  return inertJson(JSON.stringify(text.length > shownChars ? `${text.slice(0, shownChars)}…` : text));
}

/** Escapes the characters of JSON that a terminal would interpret. Its meaning stays the same. */
export function inertJson(json: string): string {
  return json.replace(ACTING_IN_JSON, escaped);
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
