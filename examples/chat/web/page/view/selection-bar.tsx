import type { JSX } from 'preact';
import { useLocale } from '../texts/locale.js';
import { IconButton } from './icon-button.js';

interface Properties {
  readonly count: number;
  readonly onCancel: () => void;
  readonly onForward: () => void;
}

export function SelectionBar({ count, onCancel, onForward }: Properties): JSX.Element {
  const locale = useLocale();
  const { texts } = locale;
  return (
    <div class="selection-bar" role="toolbar" aria-label={texts.select}>
      <IconButton icon="close" label={texts.cancel} onClick={onCancel} />
      <p aria-live="polite">{locale.counted(texts.selected(count))}</p>
      <button type="button" class="primary" onClick={onForward}>
        {texts.forward}
      </button>
    </div>
  );
}
