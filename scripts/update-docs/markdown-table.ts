/** Text, in which `|` is escaped; a truth value (yes or nothing); a number; or nothing. */
export type Cell = string | number | boolean | undefined;

/** @param rows one of fewer cells than the head has ends in empty ones. */
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
