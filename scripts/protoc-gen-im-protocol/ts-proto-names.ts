/**
 * A name as ts-proto writes it (its `snakeToCamel=keys`): what has an underscore becomes camelCase, word by word; a name that is
 * all capitals is lowered first; other names stay.
 */
export function maybeSnakeToCamel(name: string): string {
  if (!name.includes('_')) return name;
  const lower = /[a-z]/.test(name) ? name : name.toLowerCase();
  return lower
    .split('_')
    .map((word, i) => (i === 0 ? word : word.slice(0, 1).toUpperCase() + word.slice(1)))
    .join('');
}
