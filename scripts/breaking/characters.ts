/** The characters that a string may have. */
interface CharacterRules {
  /** Classes as inside the brackets of a regular expression: a character must be in all of them. */
  readonly alphabets: readonly string[];
  /** Classes: a character must not be in any of them. */
  readonly forbidden: readonly string[];
}

/** The characters that are newly refused, and newly allowed, as text; undefined = none. */
export function changedCharacters(before: CharacterRules, after: CharacterRules): { lost?: string; gained?: string } {
  if (`${[before.alphabets, before.forbidden]}` === `${[after.alphabets, after.forbidden]}`) return {};
  const [old, now] = [allowed(before), allowed(after)];
  const lost: number[] = [];
  const gained: number[] = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    const was = old(character);
    if (was !== now(character)) (was ? lost : gained).push(codePoint);
  }
  return { ...(lost.length > 0 && { lost: words(lost) }), ...(gained.length > 0 && { gained: words(gained) }) };
}

function allowed({ alphabets, forbidden }: CharacterRules): (character: string) => boolean {
  const inside = alphabets.map((characters) => new RegExp(`[${characters}]`, 'u'));
  const outside = forbidden.map((characters) => new RegExp(`[${characters}]`, 'u'));
  return (character) => inside.every((set) => set.test(character)) && !outside.some((set) => set.test(character));
}

function words(codePoints: readonly number[]): string {
  const first = `U+${codePoints[0].toString(16).toUpperCase().padStart(4, '0')}`;
  return codePoints.length === 1 ? `${first} is` : `${codePoints.length} characters, the first ${first}, are`;
}
