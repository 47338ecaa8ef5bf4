import type { JSX } from 'preact';
import type { PresenceView } from '../model/chat-model.js';
import { Icon } from './icons.js';

/** Colours are classes, so that the style sheet has them for light and dark. */
const HUES = 8;

interface Properties {
  readonly name: string;
  /** What the colour depends on. */
  readonly seed: string;
  readonly isBot?: boolean | undefined;
  readonly status?: PresenceView['status'] | undefined;
  readonly size?: 'small' | 'large';
}

/** The first letter of a name on a colour. It says nothing that the name beside it does not say. */
export function Avatar({ name, seed, isBot, status, size = 'large' }: Properties): JSX.Element {
  return (
    <span class={`avatar ${size} hue-${hueOf(seed)}`} aria-hidden="true">
      {isBot ? <Icon name="spark" /> : firstLetter(name)}
      {status !== undefined && status !== 'offline' && <span class={`dot ${status}`} />}
    </span>
  );
}

/** Not the first UTF-16 unit, which may be half of an emoji. */
function firstLetter(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? '#';
}

export function hueOf(seed: string): number {
  let sum = 0;
  for (const character of seed) sum = (sum * 31 + character.codePointAt(0)!) % 65_521;
  return sum % HUES;
}
