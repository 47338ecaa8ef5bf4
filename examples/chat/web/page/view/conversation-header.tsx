import type { JSX } from 'preact';
import type { ConversationView } from '../model/chat-model.js';
import { type Locale, useLocale } from '../texts/locale.js';
import { Avatar } from './avatar.js';
import { IconButton } from './icon-button.js';
import { typingText } from './typing-text.js';
import { useModel, useNow } from './use-model.js';

interface Properties {
  readonly conversation: ConversationView;
  readonly onBack: () => void;
}

export function ConversationHeader({ conversation, onBack }: Properties): JSX.Element {
  const model = useModel();
  const locale = useLocale();
  const { texts } = locale;
  const now = useNow(30_000);
  const { key, kind, title, peer, presence, isJoined } = conversation;
  const typing = typingText(conversation, locale);
  return (
    <header class="conversation-header">
      <IconButton icon="back" class="back" label={texts.back} onClick={onBack} />
      <Avatar name={title} seed={key} isBot={peer?.isBot} status={presence?.status} size="small" />
      <div class="conversation-title">
        <h2 tabIndex={-1} dir="auto">
          {title}
        </h2>
        <p class={typing === '' ? 'subtitle' : 'subtitle typing'}>
          {typing === '' ? subtitle(conversation, locale, now) : typing}
        </p>
      </div>
      {kind === 'private' && peer?.isBot !== true && (
        <>
          <IconButton icon="phone" label={texts.startAudioCall} onClick={() => model.call(key, false)} />
          <IconButton icon="video" label={texts.startVideoCall} onClick={() => model.call(key, true)} />
        </>
      )}
      {kind === 'room' && isJoined && (
        <button type="button" class="plain" onClick={() => model.setRoom(key, false)}>
          {texts.leave}
        </button>
      )}
    </header>
  );
}

function subtitle({ kind, peer, presence, members }: ConversationView, locale: Locale, now: number): string {
  const { texts } = locale;
  if (kind === 'room') return texts.room;
  if (kind === 'group') return members.length === 0 ? '' : locale.counted(texts.members(members.length));
  if (peer?.isBot) return texts.bot;
  if (presence === undefined) return '';
  if (presence.status === 'offline' && presence.lastSeenMs > 0) return texts.lastSeen(locale.ago(presence.lastSeenMs, now));
  return texts.presence[presence.status];
}
