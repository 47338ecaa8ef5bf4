import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { BodyView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { pictureUrl } from './safe-url.js';
import { useTabIndex } from './tab-index.js';
import { Text } from './text.js';

const MAX_WIDTH_PX = 360;
const MAX_HEIGHT_PX = 320;

export function ImageBody({ body }: { body: Extract<BodyView, { kind: 'image' }> }): JSX.Element {
  const { texts } = useLocale();
  const tabIndex = useTabIndex();
  const [state, setState] = useState<'loading' | 'loaded' | 'failed'>('loading');
  const url = pictureUrl(body.url);
  const name = body.caption || body.name || texts.image;
  return (
    <>
      {url === undefined || state === 'failed' ? (
        <p class="said unknown">{url === undefined ? texts.unsafeUrl : texts.imageFailed}</p>
      ) : (
        <a
          class={`picture ${state}`}
          href={url}
          target="_blank"
          rel="noopener noreferrer"
          tabIndex={tabIndex}
          title={texts.openImage}
        >
          <img
            src={url}
            alt={name}
            {...fit(body.width, body.height)}
            decoding="async"
            referrerPolicy="no-referrer"
            onLoad={() => setState('loaded')}
            onError={() => setState('failed')}
          />
        </a>
      )}
      {body.caption !== '' && <Text text={body.caption} />}
    </>
  );
}

/** The size on the screen is known before the picture is, so that nothing moves when it comes. */
function fit(width: number, height: number): { width?: number; height?: number } {
  if (width === 0 || height === 0) return {};
  const scale = Math.min(1, MAX_WIDTH_PX / width, MAX_HEIGHT_PX / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
