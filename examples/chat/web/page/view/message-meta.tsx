// In the corner of a bubble: edited, time, and what became of an own message.
import type { JSX } from 'preact';
import type { MessageView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { Icon, Tick } from './icons.js';

export function MessageMeta({ message }: { message: MessageView }): JSX.Element {
  const locale = useLocale();
  const { texts } = locale;
  const { sentAtMs, isEdited, delivery, readCount = 0 } = message;
  const label = delivery === undefined ? '' : readCount > 0 ? locale.counted(texts.readBy(readCount)) : texts.delivery[delivery];
  return (
    <span class="meta">
      {isEdited && <span class="edited">{texts.edited}</span>}
      <time dateTime={new Date(sentAtMs).toISOString()} title={locale.full(sentAtMs)}>
        {locale.time(sentAtMs)}
      </time>
      {delivery !== undefined && (
        <span class="delivery" data-state={delivery} title={label}>
          <DeliveryIcon delivery={delivery} />
          {readCount > 0 && <span aria-hidden="true">{readCount}</span>}
          <span class="hidden">{label}</span>
        </span>
      )}
    </span>
  );
}

function DeliveryIcon({ delivery }: { delivery: NonNullable<MessageView['delivery']> }): JSX.Element {
  if (delivery === 'sending') return <Icon name="clock" size={14} />;
  if (delivery === 'failed') return <Icon name="alert" size={14} />;
  return <Tick isDouble={delivery !== 'sent'} />;
}
