// Colours, where somebody sees them: "NO_COLOR and TTY honoured".

export type Paint = (style: Style, text: string) => string;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };
export type Style = keyof typeof CODES;

const plain: Paint = (_style, text) => text;
const coloured: Paint = (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m`;

/** @param when of --color: `always`, `never`, anything else = where stdout is a terminal. */
export function createPaint(when: string | undefined): Paint {
  if (when === 'always') return coloured;
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (when === 'never' || (NO_COLOR !== undefined && NO_COLOR !== '')) return plain;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return coloured;
  return process.stdout.isTTY === true && TERM !== 'dumb' ? coloured : plain;
}
