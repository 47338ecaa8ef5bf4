import { wrongType } from '../wire/scalar.js';
import type { Message, WellKnown } from './json-options.js';
import { invalid } from './place.js';

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds since 1970. */
const FIRST = -62_135_596_800n;
const LAST = 253_402_300_799n;

const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** Timestamp: RFC 3339, written in UTC with 0, 3, 6 or 9 fractional digits, read with any offset. */
export const timestampJson: WellKnown = {
  toJson(_table, message, at) {
    const { seconds, nanos } = secondsAndNanos(message);
    if (seconds < FIRST || seconds > LAST)
      throw invalid(at.named('seconds'), 'range', `got ${seconds}, from ${FIRST} to ${LAST}`);
    if (nanos < 0 || nanos > 999_999_999) throw invalid(at.named('nanos'), 'range', `got ${nanos}, from 0 to 999999999`);
    return `${utc(Number(seconds))}${fractionText(nanos)}Z`;
  },

  fromJson(_table, value, at) {
    const parts = typeof value === 'string' ? RFC_3339.exec(value) : null;
    if (parts === null) throw invalid(at, 'type', wrongType('a time as in 2006-01-02T15:04:05Z', value).message);
    const [, local, fraction = '', sign, hours = '0', minutes = '0'] = parts;
    const localSeconds = Date.parse(`${local}Z`) / 1000;
    // Date accepts 30 February, as a day in March.
    if (Number.isNaN(localSeconds) || utc(localSeconds) !== local) throw invalid(at, 'range', 'no such day or time');
    const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
    const seconds = BigInt(localSeconds - offset);
    if (seconds < FIRST || seconds > LAST) throw invalid(at, 'range', 'not in the years 1 to 9999 in UTC');
    return { seconds, nanos: nanosOf(fraction) };
  },
};

function utc(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

/** 10,000 years, in seconds. */
const LONGEST = 315_576_000_000n;

const SECONDS = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

/** Duration: seconds followed by `s`, written with 0, 3, 6 or 9 fractional digits. */
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

/** The two fields, or their defaults. */
function secondsAndNanos(message: Message): { seconds: bigint; nanos: number } {
  const { seconds = 0n, nanos = 0 } = message as { seconds?: bigint; nanos?: number };
  return { seconds, nanos };
}

/** "0, 3, 6 or 9 fractional digits" (ProtoJSON): with the decimal point, as few as possible. */
function fractionText(nanos: number): string {
  if (nanos === 0) return '';
  const digits = nanos.toString().padStart(9, '0');
  return `.${digits.replace(/(000){1,2}$/, '')}`;
}

/** Nanoseconds from the digits after the decimal point. */
function nanosOf(fraction: string): number {
  return Number(fraction.padEnd(9, '0'));
}
