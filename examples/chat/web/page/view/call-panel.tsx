// A call: it rings, is accepted, and ends. Signals alone, without sound.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { CallView } from '../model/chat-model.js';
import { durationText, type Locale, useLocale } from '../texts/locale.js';
import { Avatar } from './avatar.js';
import { Icon } from './icons.js';
import { useModel, useNow } from './use-model.js';

export function CallPanel({ call }: { call: CallView }): JSX.Element {
  const model = useModel();
  const { texts } = useLocale();
  const locale = useLocale();
  const now = useNow(1000);
  const panel = useRef<HTMLElement>(null);
  const { person, state, video } = call;
  // A ringing phone takes the focus; what happens later does not.
  useEffect(() => panel.current!.querySelector<HTMLElement>('button')?.focus(), []);
  return (
    <section
      ref={panel}
      class="call-panel"
      role="dialog"
      aria-label={video ? texts.videoCall : texts.audioCall}
      data-state={state}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        if (state !== 'active') model.endCall();
      }}
    >
      <Avatar name={person.name} seed={String(person.userId)} />
      <div class="call-text">
        <strong dir="auto">{person.name}</strong>
        <p role="status">{stateText(call, locale, now)}</p>
        <small>{texts.signallingOnly}</small>
      </div>
      <div class="call-buttons">
        {state === 'incoming' && (
          <button type="button" class="round accept" onClick={() => model.acceptCall()}>
            <Icon name={video ? 'video' : 'phone'} />
            {texts.accept}
          </button>
        )}
        <button type="button" class={state === 'ended' ? 'round' : 'round decline'} onClick={() => model.endCall()}>
          <Icon name={state === 'ended' ? 'close' : 'hangup'} />
          {endText(call, locale)}
        </button>
      </div>
    </section>
  );
}

function stateText({ state, video, sinceMs, end }: CallView, { texts }: Locale, now: number): string {
  switch (state) {
    case 'incoming':
      return texts.incomingCall(video);
    case 'calling':
      return texts.calling;
    case 'ringing':
      return texts.ringing;
    case 'active':
      return texts.onCall(durationText(now - sinceMs));
    case 'ended':
      return texts.callEnd[end ?? 'hangup'];
  }
}

function endText({ state }: CallView, { texts }: Locale): string {
  if (state === 'incoming') return texts.decline;
  if (state === 'ended') return texts.close;
  return state === 'active' ? texts.hangUp : texts.cancel;
}
