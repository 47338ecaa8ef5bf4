import type { JSX } from 'preact';
import { memo } from 'preact/compat';
import type { ConversationView } from '../model/chat-model.js';
import { useLocale } from '../texts/locale.js';
import { Avatar } from './avatar.js';
import { bodyText } from './body-text.js';
import { Icon, Tick } from './icons.js';
import { typingText } from './typing-text.js';

interface Properties {
  readonly conversation: ConversationView;
  readonly draft: string;
  readonly isOpen: boolean;
  readonly isReachable: boolean;
  readonly now: number;
  readonly onOpen: (key: string) => void;
}

export const ConversationRow = memo(function ConversationRow(properties: Properties): JSX.Element {
  const { conversation, draft, isOpen, isReachable, now, onOpen } = properties;
  const locale = useLocale();
  const { texts } = locale;
  const { key, title, peer, presence, unreadCount, unreadMentions, lastMessage, activeAtMs, isMuted, isPinned } = conversation;
  return (
    <button
      type="button"
      class="row"
      data-key={key}
      aria-current={isOpen ? 'true' : undefined}
      tabIndex={isReachable ? 0 : -1}
      onClick={() => onOpen(key)}
    >
      <Avatar name={title} seed={key} isBot={peer?.isBot} status={presence?.status} />
      <span class="row-top">
        <span class="title" dir="auto">
          {title}
        </span>
        {isMuted && <Labelled icon="mute" text={texts.muted} />}
        {activeAtMs > 0 && <time dateTime={new Date(activeAtMs).toISOString()}>{locale.short(activeAtMs, now)}</time>}
      </span>
      <span class="row-bottom">
        <LastLine conversation={conversation} draft={draft} />
        {lastMessage?.isOwn && draft === '' && <LastTick delivery={lastMessage.delivery} />}
        {isPinned && unreadCount === 0 && <Labelled icon="pin" text={texts.pinned} />}
        {unreadMentions > 0 && (
          <span class="badge mention" title={texts.mentioned}>
            <span aria-hidden="true">@</span>
            <span class="hidden">{texts.mentioned}</span>
          </span>
        )}
        {unreadCount > 0 && (
          <span class={isMuted ? 'badge quiet' : 'badge'}>
            <span aria-hidden="true">{unreadCount > 999 ? '999+' : unreadCount}</span>
            <span class="hidden">{locale.counted(texts.unread(unreadCount))}</span>
          </span>
        )}
      </span>
    </button>
  );
});

function LastLine({ conversation, draft }: { conversation: ConversationView; draft: string }): JSX.Element {
  const locale = useLocale();
  const { texts } = locale;
  const { kind, lastMessage } = conversation;
  const typing = typingText(conversation, locale);
  if (typing !== '') return <span class="last typing">{typing}</span>;
  if (draft !== '') {
    return (
      <span class="last" dir="auto">
        <span class="draft">{texts.draft}</span> {draft}
      </span>
    );
  }
  if (lastMessage === undefined) return <span class="last">{kind === 'room' ? texts.room : ''}</span>;
  const { body, isOwn, sender } = lastMessage;
  const isLine = body.kind === 'notice' || body.kind === 'recalled';
  const name = isLine || (kind === 'private' && !isOwn) ? '' : isOwn ? texts.you : sender.name;
  return (
    <span class="last" dir="auto">
      {name !== '' && <span class="who">{texts.announce(name, '')}</span>}
      {bodyText(body, locale, isOwn, sender.name).slice(0, 200)}
    </span>
  );
}

function LastTick({
  delivery,
}: {
  delivery: 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | undefined;
}): JSX.Element | null {
  const { texts } = useLocale();
  if (delivery === undefined) return null;
  return (
    <span class="delivery" data-state={delivery}>
      {delivery === 'sending' || delivery === 'failed' ? (
        <Icon name={delivery === 'failed' ? 'alert' : 'clock'} size={14} />
      ) : (
        <Tick isDouble={delivery !== 'sent'} />
      )}
      <span class="hidden">{texts.delivery[delivery]}</span>
    </span>
  );
}

function Labelled({ icon, text }: { icon: 'mute' | 'pin'; text: string }): JSX.Element {
  return (
    <span class="mark" title={text}>
      <Icon name={icon} size={14} />
      <span class="hidden">{text}</span>
    </span>
  );
}
