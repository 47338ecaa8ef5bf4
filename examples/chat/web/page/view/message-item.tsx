import type { JSX } from 'preact';
import { memo } from 'preact/compat';
import { useRef, useState } from 'preact/hooks';
import type { MessageView, QuoteView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { Avatar, hueOf } from './avatar.js';
import { bodyText } from './body-text.js';
import { IconButton } from './icon-button.js';
import { Icon } from './icons.js';
import type { MessageActions } from './message-actions.js';
import { MessageBody } from './message-body.js';
import { MessageMenu } from './message-menu.js';
import { MessageMeta } from './message-meta.js';
import { Reactions } from './reactions.js';
import { TabIndexContext } from './tab-index.js';
import { isLine } from './timeline-rows.js';

interface Properties {
  readonly message: MessageView;
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
  /** In a group or room the names of the senders are shown. */
  readonly showsSender: boolean;
  /** The one that Tab reaches. */
  readonly isCurrent: boolean;
  readonly isLit: boolean;
  /** Undefined: nothing is being selected. */
  readonly isSelected: boolean | undefined;
  readonly actions: MessageActions;
}

export const MessageItem = memo(function MessageItem(properties: Properties): JSX.Element {
  const { message, startsGroup, endsGroup, showsSender, isCurrent, isLit, isSelected, actions } = properties;
  const locale = useLocale();
  const { texts } = locale;
  const item = useRef<HTMLLIElement>(null);
  const [menuAt, setMenuAt] = useState<DOMRect>();
  const { sender, isOwn, body } = message;
  const tabIndex = isCurrent ? 0 : -1;
  const common = { ref: item, tabIndex, 'data-key': message.key, 'data-id': String(message.messageId) };
  if (isLine(message)) {
    return (
      <li class="line" {...common}>
        <span>{bodyText(body, locale, isOwn, sender.name)}</span>
      </li>
    );
  }
  const openMenu = (at: DOMRect): void => {
    if (isSelected === undefined) setMenuAt(at);
  };
  const closeMenu = (): void => {
    setMenuAt(undefined);
    // Unless an action has moved the focus, such as into the composer.
    if (document.activeElement === document.body || item.current?.contains(document.activeElement)) item.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== item.current) return;
    if (isSelected !== undefined && (event.key === ' ' || event.key === 'Enter')) {
      event.preventDefault();
      actions.select(message);
    } else if (event.key === 'Enter' || event.key === 'ContextMenu') {
      event.preventDefault();
      openMenu(item.current!.querySelector('.bubble')!.getBoundingClientRect());
    }
  };
  const onContextMenu = (event: MouseEvent): void => {
    // Links and pictures have the menu of the browser.
    if ((event.target as Element).closest('a') !== null || isSelected !== undefined) return;
    event.preventDefault();
    openMenu(new DOMRect(event.clientX, event.clientY));
  };
  const classes = ['message', isOwn && 'own', startsGroup && 'starts', endsGroup && 'ends', isLit && 'lit', `k-${body.kind}`];
  return (
    <TabIndexContext.Provider value={tabIndex}>
      <li
        {...common}
        class={classes.filter(Boolean).join(' ')}
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
        onClick={() => isSelected !== undefined && actions.select(message)}
      >
        {isSelected !== undefined && (
          <input
            type="checkbox"
            class="select"
            checked={isSelected}
            tabIndex={-1}
            aria-label={`${sender.name}: ${bodyText(body, locale, isOwn, sender.name)}`}
          />
        )}
        {showsSender && !isOwn && (
          <span class="beside">
            {endsGroup && <Avatar name={sender.name} seed={String(sender.userId)} isBot={sender.isBot} size="small" />}
          </span>
        )}
        <div class="bubble">
          {showsSender && !isOwn && startsGroup ? (
            <p class={`sender ink-${hueOf(String(sender.userId))}`}>{sender.name}</p>
          ) : (
            <span class="hidden">{isOwn ? texts.you : sender.name}: </span>
          )}
          {message.forwardedFrom !== undefined && (
            <p class="forwarded-from">
              <Icon name="forward" size={14} /> {texts.forwardedFrom(message.forwardedFrom)}
            </p>
          )}
          {message.quote !== undefined && <Quote quote={message.quote} tabIndex={tabIndex} actions={actions} />}
          <MessageBody body={body} isOwn={isOwn} onStop={() => actions.stop(message)} />
          <MessageMeta message={message} />
          {message.reactions.length > 0 && (
            <Reactions reactions={message.reactions} onReact={(key, removed) => actions.react(message, key, removed)} />
          )}
          {message.delivery === 'failed' && (
            <p class="failed">
              <span>{message.failure}</span>
              <button type="button" tabIndex={tabIndex} onClick={() => actions.retry(message)}>
                {texts.retry}
              </button>
            </p>
          )}
          <IconButton
            icon="more"
            class="open-menu"
            label={texts.actions}
            tabIndex={tabIndex}
            onClick={(event) => openMenu((event.currentTarget as Element).getBoundingClientRect())}
          />
          {menuAt !== undefined && <MessageMenu message={message} anchor={menuAt} actions={actions} onClose={closeMenu} />}
        </div>
      </li>
    </TabIndexContext.Provider>
  );
});

interface QuoteProperties {
  readonly quote: QuoteView;
  readonly tabIndex: number;
  readonly actions: MessageActions;
}

function Quote({ quote, tabIndex, actions }: QuoteProperties): JSX.Element {
  const { texts } = useLocale();
  return (
    <button
      type="button"
      class="quote"
      tabIndex={tabIndex}
      title={texts.goToQuote(quote.senderName)}
      onClick={() => actions.goTo(quote.messageId)}
    >
      <strong>{quote.senderName}</strong>
      <span>{quote.isRecalled ? texts.quoteRecalled : quote.preview}</span>
    </button>
  );
}
