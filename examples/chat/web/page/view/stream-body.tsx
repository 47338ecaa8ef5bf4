// An answer that grows while it is written, and that a reader can stop.
import type { JSX } from 'preact';
import type { BodyView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { Icon } from './icons.js';
import { useTabIndex } from './tab-index.js';
import { Text } from './text.js';

interface Properties {
  readonly body: Extract<BodyView, { kind: 'stream' }>;
  readonly onStop?: (() => void) | undefined;
}

export function StreamBody({ body, onStop }: Properties): JSX.Element {
  const { texts } = useLocale();
  const tabIndex = useTabIndex();
  const isOpen = body.state === 'open';
  return (
    <div class={isOpen ? 'stream open' : 'stream'} data-state={body.state}>
      {body.reasoning !== '' && (
        <details class="reasoning">
          <summary tabIndex={tabIndex}>{texts.reasoning}</summary>
          <Text text={body.reasoning} />
        </details>
      )}
      {body.text === '' && isOpen ? (
        <p class="said unknown">
          {texts.thinking} <Dots />
        </p>
      ) : (
        <Text text={body.text} />
      )}
      {isOpen && onStop !== undefined && (
        // Reached by Tab in every case: it is urgent.
        <button type="button" class="stop" onClick={onStop}>
          <Icon name="stop" size={16} />
          {texts.stop}
        </button>
      )}
      {body.state === 'cancelled' && <p class="stream-end">{texts.stopped}</p>}
      {body.state === 'failed' && <p class="stream-end bad">{body.error || texts.streamFailed}</p>}
    </div>
  );
}

export function Dots(): JSX.Element {
  return (
    <span class="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}
