import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocale } from '../texts/locale.js';
import { IconButton } from '../view/icon-button.js';
import { showFrames } from './frame-list.js';
import type { FrameLog } from './frame-log.js';

interface Properties {
  readonly log: FrameLog;
  readonly onClose: () => void;
}

/** The developer's panel: every frame of the connection, byte by byte. */
export function FramePanel({ log, onClose }: Properties): JSX.Element {
  const { texts } = useLocale();
  const list = useRef<HTMLOListElement>(null);
  const count = useRef<HTMLSpanElement>(null);
  useEffect(() => showFrames(log, list.current!, count.current!), [log]);
  const clear = (): void => {
    log.clear();
    list.current!.replaceChildren();
  };
  return (
    <section id="frames" class="frames" aria-labelledby="frames-title">
      <header class="bar">
        <h2 id="frames-title">
          {texts.developer} <span ref={count} class="frame-count" />
        </h2>
        <p>{texts.framesHint}</p>
        <button type="button" class="plain" onClick={clear}>
          {texts.clear}
        </button>
        <IconButton icon="close" label={texts.closeDeveloper} onClick={onClose} />
      </header>
      <div class="scroll">
        <ol ref={list} id="list" aria-label={texts.developer} />
      </div>
    </section>
  );
}
