// A text of a user: text nodes and checked links, nothing else.
import type { JSX } from 'preact';
import { splitLinks } from './safe-url.js';
import { useTabIndex } from './tab-index.js';

/** A text of only emoji is shown large up to this number of them. */
const MAX_LARGE = 3;
const EMOJI_ALONE = /^(?:\p{Extended_Pictographic}|[\u200d\ufe0f\u{1f3fb}-\u{1f3ff}\u{1f1e6}-\u{1f1ff}\s])+$/u;

export function Text({ text }: { text: string }): JSX.Element {
  const tabIndex = useTabIndex();
  return (
    <p class={isFewEmoji(text) ? 'said large' : 'said'} dir="auto">
      {splitLinks(text).map((part) =>
        part.url === undefined ? (
          part.text
        ) : (
          <a href={part.url} target="_blank" rel="noopener noreferrer nofollow" tabIndex={tabIndex}>
            {part.text}
          </a>
        ),
      )}
    </p>
  );
}

function isFewEmoji(text: string): boolean {
  if (text.length > 40 || !EMOJI_ALONE.test(text)) return false;
  return [...new Intl.Segmenter().segment(text.replace(/\s/g, ''))].length <= MAX_LARGE;
}
