import type { JSX } from 'preact';
import type { BodyView } from '../model/message-view.js';
import { durationText, useLocale } from '../texts/locale.js';
import { callTitle } from './body-text.js';
import { Icon } from './icons.js';

/** The record of a call that is over. */
export function CallBody({ body, isOwn }: { body: Extract<BodyView, { kind: 'call' }>; isOwn: boolean }): JSX.Element {
  const { texts } = useLocale();
  const isMissed = !body.answered && !isOwn && body.end !== 'rejected' && body.end !== 'elsewhere';
  return (
    <div class={isMissed ? 'card call missed' : 'card call'}>
      <span class="card-icon">
        <Icon name={body.video ? 'video' : 'phone'} />
      </span>
      <span class="card-text">
        <strong>{isMissed ? texts.missedCall : callTitle(body.video, texts)}</strong>
        <small>{body.answered ? durationText(body.durationMs) : texts.callEnd[body.end]}</small>
      </span>
    </div>
  );
}
