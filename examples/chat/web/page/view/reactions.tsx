import type { JSX } from 'preact';
import type { ReactionView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { useTabIndex } from './tab-index.js';

interface Properties {
  readonly reactions: readonly ReactionView[];
  readonly onReact: (key: string, removed: boolean) => void;
}

/** A click adds one's own reaction, or removes it. */
export function Reactions({ reactions, onReact }: Properties): JSX.Element {
  const { texts, list } = useLocale();
  const tabIndex = useTabIndex();
  return (
    <div class="reactions">
      {reactions.map(({ key, count, isMine, names }) => {
        // With what the button shows, so that it is found by it.
        const label = texts.reaction(`${key} ${count}`, list(names));
        return (
          <button
            key={key}
            type="button"
            aria-pressed={isMine}
            aria-label={label}
            title={label}
            tabIndex={tabIndex}
            onClick={() => onReact(key, isMine)}
          >
            <span>{key}</span>
            <span class="count">{count}</span>
          </button>
        );
      })}
    </div>
  );
}
