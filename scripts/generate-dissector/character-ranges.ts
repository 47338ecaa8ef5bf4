const LAST_CODE_POINT = 0x10ffff;

/** The code points for which a test is true, as a flat list of range starts and ends. */
export function characterRanges(matches: (character: string) => boolean): number[] {
  const ranges: number[] = [];
  for (let point = 0; point <= LAST_CODE_POINT; point++) {
    if (!matches(String.fromCodePoint(point))) continue;
    if (ranges.at(-1) === point - 1) ranges[ranges.length - 1] = point;
    else ranges.push(point, point);
  }
  return ranges;
}
