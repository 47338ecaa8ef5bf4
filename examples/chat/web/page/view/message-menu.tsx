import type { JSX } from 'preact';
import type { MessageView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { Menu, MenuItem } from './menu.js';
import type { MessageActions } from './message-actions.js';

const QUICK_REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🎉'];

interface Properties {
  readonly message: MessageView;
  readonly anchor: DOMRect;
  readonly actions: MessageActions;
  readonly onClose: () => void;
}

export function MessageMenu({ message, anchor, actions, onClose }: Properties): JSX.Element {
  const { texts } = useLocale();
  const isStored = message.messageId !== 0n;
  const text = message.body.kind === 'text' || message.body.kind === 'stream' ? message.body.text : '';
  return (
    <Menu label={texts.actions} anchor={anchor} onClose={onClose}>
      {isStored && actions.canChange && (
        <fieldset class="quick" aria-label={texts.reactions}>
          {QUICK_REACTIONS.map((key) => {
            const isMine = message.reactions.some((reaction) => reaction.key === key && reaction.isMine);
            return (
              <button
                key={key}
                type="button"
                role="menuitem"
                tabIndex={-1}
                class={isMine ? 'mine' : ''}
                aria-label={texts.react(key)}
                title={texts.react(key)}
                onClick={() => actions.react(message, key, isMine)}
              >
                {key}
              </button>
            );
          })}
        </fieldset>
      )}
      {isStored && <MenuItem icon="reply" text={texts.reply} onSelect={() => actions.reply(message)} />}
      {text !== '' && <MenuItem icon="copy" text={texts.copy} onSelect={() => void navigator.clipboard.writeText(text)} />}
      {isStored && <MenuItem icon="forward" text={texts.forward} onSelect={() => actions.forward([message])} />}
      {isStored && <MenuItem icon="select" text={texts.select} onSelect={() => actions.select(message)} />}
      {message.delivery === 'failed' && <MenuItem icon="send" text={texts.retry} onSelect={() => actions.retry(message)} />}
      {isStored && actions.canChange && message.isOwn && message.body.kind === 'text' && (
        <MenuItem icon="edit" text={texts.edit} onSelect={() => actions.edit(message)} />
      )}
      {isStored && actions.canChange && message.isOwn && (
        <MenuItem icon="recall" text={texts.recall} isDangerous onSelect={() => actions.recall(message)} />
      )}
    </Menu>
  );
}
