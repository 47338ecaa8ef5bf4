// Untrusted text on a terminal: shortened to the available width, without control characters.

/** Control characters, and those that turn the direction of what follows. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The beginning of a text that fits into a number of terminal columns. Graphemes are not split. */
export function shorten(text: string, columns: number): string {
  let result = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text.replace(UNSAFE, ' '))) {
    width += WIDE.test(segment) ? 2 : 1;
    if (width > columns) return `${result}…`;
    result += segment;
  }
  return result;
}
