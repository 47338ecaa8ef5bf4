import type { JSX } from 'preact';
import type { MessageView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { CallBody } from './call-body.js';
import { FileBody } from './file-body.js';
import { ImageBody } from './image-body.js';
import { MergedBody } from './merged-body.js';
import { StreamBody } from './stream-body.js';
import { Text } from './text.js';

interface Properties {
  readonly body: MessageView['body'];
  readonly isOwn: boolean;
  /** Of a streamed answer that is still being written. */
  readonly onStop?: () => void;
}

/** What a message says, by its kind. Lines between the bubbles are not among them. */
export function MessageBody({ body, isOwn, onStop }: Properties): JSX.Element | null {
  const { texts } = useLocale();
  switch (body.kind) {
    case 'text':
      return <Text text={body.text} />;
    case 'image':
      return <ImageBody body={body} />;
    case 'file':
      return <FileBody body={body} />;
    case 'stream':
      return <StreamBody body={body} onStop={onStop} />;
    case 'call':
      return <CallBody body={body} isOwn={isOwn} />;
    case 'merged':
      return <MergedBody body={body} />;
    case 'other':
      return body.text === '' ? <p class="said unknown">{texts.unknown}</p> : <Text text={body.text} />;
    default:
      return null;
  }
}
