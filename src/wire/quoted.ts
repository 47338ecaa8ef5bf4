// Text of others in texts for people: it may be made to act on a terminal, to turn what stands around it, or to be seen by nobody.

/** Controls, format characters, separators of lines, what is ignored where it is shown, and halves of characters. */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
/** The same without the controls that JSON escapes itself, which colours of a terminal are made of. */
const ACTING_IN_JSON = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A text in quotes, escaped as in JSON, with everything that would act on a terminal: each text that quotes a peer takes this function.
 * @param shownChars a longer text is cut.
 */
export function quoted(text: string, shownChars = Number.POSITIVE_INFINITY): string {
  return inertJson(JSON.stringify(text.length > shownChars ? `${text.slice(0, shownChars)}…` : text));
}

/** JSON that means the same and acts on nothing. */
export function inertJson(json: string): string {
  return json.replace(ACTING_IN_JSON, escaped);
}

/** Text that acts on nothing: what would is escaped as in JSON. */
export function inertText(text: string): string {
  return text.replace(ACTING, escaped);
}

/** Each code unit of it. */
function escaped(char: string): string {
  const short = JSON.stringify(char).slice(1, -1);
  if (short !== char) return short;
  return Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
}
