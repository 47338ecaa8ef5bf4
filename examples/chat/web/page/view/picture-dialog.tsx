import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useLocale } from '../texts/locale.js';
import { Dialog } from './dialog.js';
import { pictureUrl } from './safe-url.js';

interface Properties {
  readonly onClose: () => void;
  readonly onSend: (url: string, caption: string) => void;
}

export function PictureDialog({ onClose, onSend }: Properties): JSX.Element {
  const { texts } = useLocale();
  const id = useId();
  const [url, setUrl] = useState('');
  const [caption, setCaption] = useState('');
  const [isBad, setBad] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    const checked = pictureUrl(url.trim());
    if (checked === undefined || url.trim() === '') setBad(true);
    else {
      onSend(checked, caption.trim());
      onClose();
    }
  };
  return (
    <Dialog title={texts.attach} onClose={onClose}>
      <form class="picture-form" onSubmit={submit}>
        <label for={`${id}-url`}>{texts.pictureUrl}</label>
        <input
          id={`${id}-url`}
          type="text"
          autofocus
          inputMode="url"
          value={url}
          maxLength={2048}
          aria-describedby={`${id}-hint`}
          aria-invalid={isBad}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
        <p id={`${id}-hint`} class={isBad ? 'problem' : 'hint'} role={isBad ? 'alert' : undefined}>
          {isBad ? texts.pictureBad : texts.pictureHint}
        </p>
        <label for={`${id}-caption`}>{texts.caption}</label>
        <input
          id={`${id}-caption`}
          type="text"
          value={caption}
          maxLength={300}
          onInput={(event) => setCaption(event.currentTarget.value)}
        />
        <div class="buttons">
          <button type="button" class="plain" onClick={onClose}>
            {texts.cancel}
          </button>
          <button type="submit" class="primary">
            {texts.send}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
