const LAST_CODE_POINT = 0x10ffff;

/** The code points that a test holds for, as first and last of each range, one behind the other. */
export function characterRanges(matches: (character: string) => boolean): number[] {
  const ranges: number[] = [];
  for (let point = 0; point <= LAST_CODE_POINT; point++) {
    if (!matches(String.fromCodePoint(point))) continue;
    if (ranges.at(-1) === point - 1) ranges[ranges.length - 1] = point;
    else ranges.push(point, point);
  }
  return ranges;
}
