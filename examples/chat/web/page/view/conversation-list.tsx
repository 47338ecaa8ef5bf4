import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { ConversationView } from '../model/chat-model.js';
import { useLocale } from '../texts/locale.js';
import { ConversationRow } from './conversation-row.js';
import { moveFocus } from './roving.js';
import { useNow } from './use-model.js';

interface Properties {
  readonly conversations: readonly ConversationView[];
  readonly isLoaded: boolean;
  readonly openKey: string | undefined;
  readonly drafts: ReadonlyMap<string, string>;
  readonly onOpen: (key: string) => void;
}

export function ConversationList({ conversations, isLoaded, openKey, drafts, onOpen }: Properties): JSX.Element {
  const { texts } = useLocale();
  const now = useNow(60_000);
  const list = useRef<HTMLUListElement>(null);
  if (conversations.length === 0) return <p class="empty">{isLoaded ? texts.noConversations : ''}</p>;
  const reachable = conversations.some(({ key }) => key === openKey) ? openKey : conversations[0].key;
  return (
    <nav class="scroll" aria-label={texts.chats}>
      <ul ref={list} onKeyDown={(event) => void moveFocus(event, list.current!, '.row')}>
        {conversations.map((conversation) => (
          <li key={conversation.key}>
            <ConversationRow
              conversation={conversation}
              draft={conversation.key === openKey ? '' : (drafts.get(conversation.key) ?? '')}
              isOpen={conversation.key === openKey}
              isReachable={conversation.key === reachable}
              now={now}
              onOpen={onOpen}
            />
          </li>
        ))}
      </ul>
    </nav>
  );
}
