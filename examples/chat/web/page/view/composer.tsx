import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ConversationView } from '../model/chat-model.js';
import type { Drafts } from '../model/drafts.js';
import type { MessageView } from '../model/message-view.js';
import { type Locale, useLocale } from '../texts/locale.js';
import { bodyText } from './body-text.js';
import { IconButton } from './icon-button.js';
import { Icon } from './icons.js';
import { PictureDialog } from './picture-dialog.js';
import { useModel } from './use-model.js';

/** Maximum bytes of a text in the protocol. */
const MAX_TEXT_BYTES = 1_048_576;

export type ComposerMode =
  | { readonly kind: 'new' }
  | { readonly kind: 'reply'; readonly message: MessageView }
  | { readonly kind: 'edit'; readonly message: MessageView };

interface Properties {
  readonly conversation: ConversationView;
  readonly drafts: Drafts;
  readonly mode: ComposerMode;
  readonly onMode: (mode: ComposerMode) => void;
  /** Arrow up in an empty text: edits the last message. */
  readonly onEditLast: () => void;
  readonly onEscape: () => void;
}

/** Enter sends, Shift and Enter begin a new line, Escape ends a reply or an edit. */
export function Composer({ conversation, drafts, mode, onMode, onEditLast, onEscape }: Properties): JSX.Element {
  const model = useModel();
  const locale = useLocale();
  const { texts } = locale;
  const { key } = conversation;
  const input = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(drafts.get(key));
  const [picks, setPicks] = useState(false);
  const isTooLong = text.length > MAX_TEXT_BYTES / 3 && new TextEncoder().encode(text).length > MAX_TEXT_BYTES;

  // Before the next key: what is typed must not be replaced.
  useLayoutEffect(() => {
    if (mode.kind === 'edit') setText(mode.message.body.kind === 'text' ? mode.message.body.text : '');
    if (mode.kind !== 'new') input.current!.focus();
  }, [mode]);
  useLayoutEffect(() => grow(input.current!), [text]);

  const change = (value: string): void => {
    setText(value);
    if (mode.kind === 'edit') return;
    drafts.set(key, value);
    if (value !== '') model.typing(key);
  };
  const leaveMode = (): void => {
    if (mode.kind === 'edit') setText(drafts.get(key));
    onMode({ kind: 'new' });
  };
  const submit = (): void => {
    const value = text.trim();
    if (value === '' || isTooLong) return;
    if (mode.kind === 'edit') {
      model.edit(key, mode.message, value);
      setText(drafts.get(key));
    } else {
      model.send(key, { text: value, ...(mode.kind === 'reply' && { replyTo: mode.message }) });
      drafts.set(key, '');
      setText('');
    }
    onMode({ kind: 'new' });
    input.current!.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, all keys are its own.
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (mode.kind === 'new') onEscape();
      else leaveMode();
    } else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault();
      onEditLast();
    }
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {mode.kind !== 'new' && <ModeBar mode={mode} locale={locale} onCancel={leaveMode} />}
      {isTooLong && (
        <p class="problem" role="alert">
          {texts.tooLong}
        </p>
      )}
      <div class="compose-row">
        {mode.kind !== 'edit' && <IconButton icon="attach" label={texts.attach} onClick={() => setPicks(true)} />}
        <textarea
          ref={input}
          id="text"
          rows={1}
          value={text}
          placeholder={texts.write}
          aria-label={texts.writeTo(conversation.title)}
          autocomplete="off"
          dir="auto"
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          class="send"
          aria-label={mode.kind === 'edit' ? texts.save : texts.send}
          disabled={text.trim() === ''}
        >
          <Icon name={mode.kind === 'edit' ? 'select' : 'send'} />
        </button>
      </div>
      {picks && (
        <PictureDialog
          onClose={() => {
            setPicks(false);
            input.current!.focus();
          }}
          onSend={(imageUrl, caption) => {
            model.send(key, { text: caption, imageUrl, ...(mode.kind === 'reply' && { replyTo: mode.message }) });
            onMode({ kind: 'new' });
          }}
        />
      )}
    </form>
  );
}

interface ModeProperties {
  readonly mode: Exclude<ComposerMode, { kind: 'new' }>;
  readonly locale: Locale;
  readonly onCancel: () => void;
}

function ModeBar({ mode, locale, onCancel }: ModeProperties): JSX.Element {
  const { texts } = locale;
  const { sender, isOwn, body } = mode.message;
  return (
    <div class="mode">
      <Icon name={mode.kind} />
      <p>
        <strong>{mode.kind === 'edit' ? texts.editing : texts.replyingTo(isOwn ? texts.you : sender.name)}</strong>
        <span dir="auto">{bodyText(body, locale, isOwn, sender.name).slice(0, 200)}</span>
      </p>
      <IconButton icon="close" label={texts.cancel} onClick={onCancel} />
    </div>
  );
}

/** As high as its text; the style sheet has the maximum. */
function grow(input: HTMLTextAreaElement): void {
  input.style.height = 'auto';
  input.style.height = `${input.scrollHeight}px`;
}
