import { wrongType } from '../wire/scalar-fault.js';
import { invalid } from './place.js';
import { fractionText, nanosOf, secondsAndNanos } from './seconds-and-nanos.js';
import type { WellKnown } from './well-known.js';

/** 10,000 years, in seconds. */
const LONGEST = 315_576_000_000n;

const SECONDS = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

/** Duration: seconds with an `s` behind, written with 0, 3, 6 or 9 digits of a second. */
export const durationJson: WellKnown = {
  toJson(_table, message, at) {
    const { seconds, nanos } = secondsAndNanos(message);
    const size = seconds < 0n ? -seconds : seconds;
    if (size > LONGEST) throw invalid(at.named('seconds'), 'range', `got ${seconds}, from ${-LONGEST} to ${LONGEST}`);
    if (Math.abs(nanos) > 999_999_999) throw invalid(at.named('nanos'), 'range', `got ${nanos}, from -999999999 to 999999999`);
    if ((seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0)) {
      throw invalid(at.named('nanos'), 'range', `got ${nanos}, which has not the sign of ${seconds} seconds`);
    }
    return `${seconds < 0n || nanos < 0 ? '-' : ''}${size}${fractionText(Math.abs(nanos))}s`;
  },

  fromJson(_table, value, at) {
    const parts = typeof value === 'string' ? SECONDS.exec(value) : null;
    if (parts === null) throw invalid(at, 'type', wrongType('a duration as in 1.5s', value).message);
    const [, minus, whole, fraction = ''] = parts;
    const size = BigInt(whole);
    const nanos = nanosOf(fraction);
    if (size > LONGEST) throw invalid(at, 'range', `got ${minus}${size} seconds, from ${-LONGEST} to ${LONGEST}`);
    return minus === '' ? { seconds: size, nanos } : { seconds: -size, nanos: 0 - nanos };
  },
};
