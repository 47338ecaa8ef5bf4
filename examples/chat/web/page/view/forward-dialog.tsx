import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { ConversationView } from '../model/chat-model.js';
import { useLocale } from '../texts/locale.js';
import { Avatar } from './avatar.js';
import { Dialog } from './dialog.js';
import { moveFocus } from './roving.js';

interface Properties {
  readonly conversations: readonly ConversationView[];
  readonly onClose: () => void;
  readonly onChoose: (key: string) => void;
}

export function ForwardDialog({ conversations, onClose, onChoose }: Properties): JSX.Element {
  const { texts } = useLocale();
  const list = useRef<HTMLUListElement>(null);
  const targets = conversations.filter(({ kind, isJoined }) => kind !== 'room' || isJoined);
  return (
    <Dialog title={texts.forwardTo} onClose={onClose}>
      <ul ref={list} class="targets" onKeyDown={(event) => void moveFocus(event, list.current!, 'button')}>
        {targets.map(({ key, title, peer }) => (
          <li key={key}>
            <button
              type="button"
              onClick={() => {
                onChoose(key);
                onClose();
              }}
            >
              <Avatar name={title} seed={key} isBot={peer?.isBot} size="small" />
              <span dir="auto">{title}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
