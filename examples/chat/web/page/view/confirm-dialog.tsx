import type { JSX } from 'preact';
import { useLocale } from '../texts/locale.js';
import { Dialog } from './dialog.js';

interface Properties {
  readonly title: string;
  readonly action: string;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

export function ConfirmDialog({ title, action, onClose, onConfirm }: Properties): JSX.Element {
  const { texts } = useLocale();
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="buttons">
        <button type="button" class="plain" onClick={onClose}>
          {texts.cancel}
        </button>
        <button
          type="button"
          class="primary danger"
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
