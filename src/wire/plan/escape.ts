/** A text of the text form, which the generator escaped as in URLs. */
export const unescapeText = (text: string): string => decodeURIComponent(text);

/** Texts that a `|` separates; one in a text is escaped. */
export const textsOf = (list: string): string[] => list.split('|').map(unescapeText);
