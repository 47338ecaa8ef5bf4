// A modal dialog of the browser: it keeps the focus inside, and closes on Escape.
import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useLocale } from '../texts/locale.js';
import { IconButton } from './icon-button.js';

interface Properties {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly class?: string;
}

export function Dialog({ title, onClose, children, class: more = '' }: Properties): JSX.Element {
  const { texts } = useLocale();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => dialog.current!.showModal(), []);
  const close = (): void => dialog.current!.close();
  return (
    <dialog
      ref={dialog}
      class={`dialog ${more}`}
      aria-labelledby={titleId}
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        event.stopPropagation();
        // A click on the backdrop has the dialog itself as its target.
        if (event.target === dialog.current) close();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label={texts.close} onClick={close} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
