import type { ConversationView } from '../model/chat-model.js';
import type { Locale } from '../texts/locale.js';

/** Who is writing or thinking; empty = nobody is. */
export function typingText({ kind, typing }: ConversationView, locale: Locale): string {
  const { texts } = locale;
  if (typing.length === 0) return '';
  const thinker = typing.find(({ isThinking }) => isThinking);
  if (kind === 'private') return thinker === undefined ? texts.typing : texts.thinking;
  if (thinker !== undefined) return texts.thinkingName(thinker.person.name);
  return locale.counted(texts.typingNames(locale.list(typing.map(({ person }) => person.name)), typing.length));
}
