// A message in one line: in the list of conversations, in quotes, and for screen readers.
import type { BodyView } from '../model/message-view.js';
import type { Locale } from '../texts/locale.js';

export function bodyText(body: BodyView, { texts, list }: Locale, isOwn: boolean, sender: string): string {
  switch (body.kind) {
    case 'text':
      return body.text;
    case 'image':
      return `[${texts.image}] ${body.caption || body.name}`.trim();
    case 'file':
      return `[${texts[body.media]}] ${body.name}`.trim();
    case 'stream':
      return body.text === '' ? texts.thinking : body.text;
    case 'call':
      return body.answered || isOwn ? `[${callTitle(body.video, texts)}]` : texts.missedCall;
    case 'merged':
      return `[${texts.forwarded}] ${body.title}`.trim();
    case 'notice':
      return noticeText(body, texts, list);
    case 'recalled':
      return isOwn ? texts.recalledByYou : texts.recalledBy(body.by?.name ?? sender);
    case 'other':
      return body.text === '' ? texts.unknown : body.text;
  }
}

export function callTitle(video: boolean, texts: Locale['texts']): string {
  return video ? texts.videoCall : texts.audioCall;
}

function noticeText(body: Extract<BodyView, { kind: 'notice' }>, texts: Locale['texts'], list: Locale['list']): string {
  const write = Object.hasOwn(texts.notice, body.notice) ? texts.notice[body.notice as keyof typeof texts.notice] : undefined;
  return write?.(body.actor === '' ? texts.platform : body.actor, list(body.users), body.text) ?? body.fallback;
}
