import { quartiles } from '../../measure.mjs';

/** Median and quartiles of a figure over all rounds, or undefined. */
export function over(rounds, figure) {
  return rounds === undefined ? undefined : quartiles(rounds.map((result) => result[figure]));
}

/** The same of the ratio within each round: what else the machine did in it met both. */
export function ratios(dividend, divisor, figure) {
  if (dividend === undefined || divisor === undefined) return undefined;
  return quartiles(dividend.map((result, round) => result[figure] / divisor[round][figure]));
}

/** How much larger a figure is than that of another contender. */
export function beyond(rounds, base, figure) {
  if (rounds === undefined || base === undefined) return undefined;
  return quartiles(rounds.map((result, round) => result[figure] - base[round][figure]));
}
