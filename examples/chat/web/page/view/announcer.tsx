// Reads messages of others aloud as they come: once each, and none of the history.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConversationView } from '../model/chat-model.js';
import { useLocale } from '../texts/locale.js';
import { bodyText } from './body-text.js';

export function Announcer({ conversations }: { conversations: readonly ConversationView[] }): JSX.Element {
  const locale = useLocale();
  const [text, setText] = useState('');
  const [startMs] = useState(Date.now);
  const announced = useRef('');
  const newest = conversations
    .filter(({ isMuted }) => !isMuted)
    .flatMap(({ lastMessage }) => (lastMessage === undefined ? [] : [lastMessage]))
    .reduce((one, other) => (one.sentAtMs >= other.sentAtMs ? one : other), { key: '', sentAtMs: 0 } as never);
  const { key, isOwn, sender, body, sentAtMs } = newest;
  const isWritten = body?.kind !== 'stream' || body.state !== 'open';
  useEffect(() => {
    if (key === '' || isOwn || sentAtMs < startMs || !isWritten || announced.current === key) return;
    announced.current = key;
    setText(locale.texts.announce(sender.name, bodyText(body, locale, isOwn, sender.name)));
  }, [key, isWritten]);
  return (
    <div class="hidden" aria-live="polite" id="announcer">
      {text}
    </div>
  );
}
