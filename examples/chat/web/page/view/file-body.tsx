import type { JSX } from 'preact';
import type { BodyView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { Icon } from './icons.js';
import { linkUrl } from './safe-url.js';
import { useTabIndex } from './tab-index.js';

export function FileBody({ body }: { body: Extract<BodyView, { kind: 'file' }> }): JSX.Element {
  const { texts, bytes } = useLocale();
  const tabIndex = useTabIndex();
  const url = linkUrl(body.url);
  const content = (
    <>
      <span class="card-icon">
        <Icon name={body.media === 'video' ? 'video' : 'file'} />
      </span>
      <span class="card-text">
        <strong>{body.name || texts[body.media]}</strong>
        <small>{url === undefined ? texts.unsafeUrl : body.sizeBytes > 0 ? bytes(body.sizeBytes) : texts[body.media]}</small>
      </span>
    </>
  );
  if (url === undefined) return <div class="card">{content}</div>;
  return (
    <a class="card" href={url} target="_blank" rel="noopener noreferrer nofollow" tabIndex={tabIndex}>
      {content}
    </a>
  );
}
