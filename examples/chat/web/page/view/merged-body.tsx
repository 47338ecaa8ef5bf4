// Messages of another conversation, forwarded as one: a card that opens.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { BodyView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { Avatar } from './avatar.js';
import { Dialog } from './dialog.js';
import { MessageBody } from './message-body.js';
import { TabIndexContext, useTabIndex } from './tab-index.js';

export function MergedBody({ body }: { body: Extract<BodyView, { kind: 'merged' }> }): JSX.Element {
  const locale = useLocale();
  const { texts } = locale;
  const tabIndex = useTabIndex();
  const [isOpen, setOpen] = useState(false);
  const title = body.title || texts.forwarded;
  return (
    <>
      <button type="button" class="merged" tabIndex={tabIndex} disabled={body.items.length === 0} onClick={() => setOpen(true)}>
        <strong>{title}</strong>
        {body.preview.map((line, index) => (
          <span key={index}>{line}</span>
        ))}
        <small>{locale.counted(texts.forwardedCount(body.count))}</small>
      </button>
      {isOpen && (
        <Dialog title={title} class="forwarded" onClose={() => setOpen(false)}>
          <TabIndexContext.Provider value={0}>
            <ul>
              {body.items.map(({ senderName, sentAtMs, body: inner }, index) => (
                <li key={index}>
                  <Avatar name={senderName} seed={senderName} size="small" />
                  <div>
                    <p class="about">
                      <strong>{senderName}</strong> <time>{locale.full(sentAtMs)}</time>
                    </p>
                    <MessageBody body={inner} isOwn={false} />
                  </div>
                </li>
              ))}
            </ul>
          </TabIndexContext.Provider>
        </Dialog>
      )}
    </>
  );
}
