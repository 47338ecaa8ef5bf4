// A class of characters, as inside the brackets of a regular expression.

/** Code points, both ends included. */
export type Range = readonly [first: number, last: number];

const HEX = /^\\x([0-9a-f]{2})/;

/** The ranges of a class as the options of the schema write it: characters, ranges, `\x00` and a backslash before a sign. */
export function rangesOf(characters: string): Range[] {
  const ranges: Range[] = [];
  let rest = characters;
  const next = (): number => {
    const hex = HEX.exec(rest);
    if (hex) {
      rest = rest.slice(hex[0].length);
      return Number.parseInt(hex[1], 16);
    }
    const char = rest.startsWith('\\') ? rest[1] : rest[0];
    rest = rest.slice(rest.startsWith('\\') ? 2 : 1);
    return char.codePointAt(0)!;
  };
  while (rest !== '') {
    const first = next();
    if (!rest.startsWith('-') || rest.length < 2) ranges.push([first, first]);
    else {
      rest = rest.slice(1);
      ranges.push([first, next()]);
    }
  }
  return ranges;
}

export function isIn(ranges: readonly Range[], point: number): boolean {
  return ranges.some(([first, last]) => first <= point && point <= last);
}

/** The first and last of each range. */
export function endsOf(ranges: readonly Range[]): number[] {
  return [...new Set(ranges.flat())];
}

/** Those just outside of the ranges. */
export function neighboursOf(ranges: readonly Range[]): number[] {
  const beside = ranges.flatMap(([first, last]) => [first - 1, last + 1]);
  return [...new Set(beside)].filter((point) => point >= 0 && !isIn(ranges, point));
}
