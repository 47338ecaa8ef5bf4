// Language of the page: its texts, and dates, counts and lists as the language writes them.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { EN } from './en.js';
import { ZH } from './zh.js';

export type Language = 'en' | 'zh';
export type Texts = typeof EN;

/** A text that depends on a count: `#` stands for the count. */
export interface Counted {
  readonly count: number;
  readonly one: string;
  readonly other: string;
}

const DAY_MS = 86_400_000;
const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, zh: ZH };
const TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

export class Locale {
  readonly texts: Texts;
  /** BCP 47, for the attribute `lang`. */
  readonly tag: string;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;
  readonly #list: Intl.ListFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #weekday: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #dayOfYear: Intl.DateTimeFormat;
  readonly #short: Intl.DateTimeFormat;
  readonly #full: Intl.DateTimeFormat;
  readonly #relative: Intl.RelativeTimeFormat;

  constructor(readonly language: Language) {
    this.texts = TEXTS[language];
    this.tag = TAGS[language];
    this.#plural = new Intl.PluralRules(this.tag);
    this.#number = new Intl.NumberFormat(this.tag);
    this.#list = new Intl.ListFormat(this.tag, { type: 'conjunction' });
    this.#time = new Intl.DateTimeFormat(this.tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    this.#weekday = new Intl.DateTimeFormat(this.tag, { weekday: 'long' });
    this.#day = new Intl.DateTimeFormat(this.tag, { month: 'long', day: 'numeric' });
    this.#dayOfYear = new Intl.DateTimeFormat(this.tag, { year: 'numeric', month: 'long', day: 'numeric' });
    this.#short = new Intl.DateTimeFormat(this.tag, { year: '2-digit', month: 'numeric', day: 'numeric' });
    this.#full = new Intl.DateTimeFormat(this.tag, { dateStyle: 'full', timeStyle: 'short' });
    this.#relative = new Intl.RelativeTimeFormat(this.tag, { numeric: 'auto' });
  }

  counted({ count, one, other }: Counted): string {
    return (this.#plural.select(count) === 'one' ? one : other).replace('#', this.#number.format(count));
  }

  readonly list = (names: readonly string[]): string => this.#list.format(names);

  /** 1.2 MB */
  readonly bytes = (count: number): string => {
    const power = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3));
    const unit = ['byte', 'kilobyte', 'megabyte', 'gigabyte'][power];
    const format = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 } as const;
    return new Intl.NumberFormat(this.tag, format).format(count / 1000 ** power);
  };

  time(ms: number): string {
    return this.#time.format(ms);
  }

  full(ms: number): string {
    return this.#full.format(ms);
  }

  /** The day of a separator: today, yesterday, a weekday, a date. */
  readonly day = (ms: number, nowMs: number): string => {
    const days = daysBetween(ms, nowMs);
    if (days <= 1) return capitalized(this.#relative.format(-days, 'day'));
    if (days < 7) return this.#weekday.format(ms);
    return new Date(ms).getFullYear() === new Date(nowMs).getFullYear() ? this.#day.format(ms) : this.#dayOfYear.format(ms);
  };

  /** When, in the list: a time of today, or a day. */
  short(ms: number, nowMs: number): string {
    const days = daysBetween(ms, nowMs);
    if (days === 0) return this.time(ms);
    return days === 1 ? capitalized(this.#relative.format(-1, 'day')) : this.#short.format(ms);
  }

  /** How long ago: minutes, hours, or a day. */
  ago(ms: number, nowMs: number): string {
    const minutes = Math.max(0, Math.round((nowMs - ms) / 60_000));
    if (minutes < 60) return this.#relative.format(-minutes, 'minute');
    return minutes < 24 * 60 ? this.#relative.format(-Math.round(minutes / 60), 'hour') : this.day(ms, nowMs);
  }
}

/** 1:05, 1:00:05 */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (part: number): string => String(part).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const rest = pad(seconds % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${rest}`;
}

/** Days of the calendar, not of 24 hours. A time in the future, as of a clock that is ahead, is of today. */
function daysBetween(ms: number, nowMs: number): number {
  return Math.max(0, Math.round((startOfDay(nowMs) - startOfDay(ms)) / DAY_MS));
}

export function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const LocaleContext = createContext(new Locale('en'));

export function useLocale(): Locale {
  return useContext(LocaleContext);
}
