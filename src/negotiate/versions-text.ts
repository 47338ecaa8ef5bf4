/** A list of versions, for the text of an error: `1, 2`, or `none`. */
export function versionsText(versions: readonly number[]): string {
  return versions.length === 0 ? 'none' : versions.join(', ');
}
