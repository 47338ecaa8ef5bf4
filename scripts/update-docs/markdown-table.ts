/** Text, in which `|` is escaped; a boolean (yes or empty); a number; or undefined (empty). */
export type Cell = string | number | boolean | undefined;

/** @param rows missing cells are empty. */
export function markdownTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((row) => line(head.map((_, i) => row[i])));
  return [line(head), `|${'---|'.repeat(head.length)}`, ...lines].join('\n');
}

function line(cells: readonly Cell[]): string {
  return `|${cells.map(cellText).join('|')}|`;
}

function cellText(cell: Cell): string {
  if (cell === undefined || cell === false || cell === '') return ' ';
  return ` ${cell === true ? 'yes' : String(cell).replaceAll('|', '\\|')} `;
}
