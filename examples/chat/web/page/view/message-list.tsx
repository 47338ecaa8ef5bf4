import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ConversationView, Timeline } from '../model/chat-model.js';
import { useLocale } from '../texts/locale.js';
import { IconButton } from './icon-button.js';
import type { MessageActions } from './message-actions.js';
import { MessageItem } from './message-item.js';
import { around, earlier, later, type MessageWindow, rangeOf, trimmed } from './message-window.js';
import { moveFocus } from './roving.js';
import { ScrollAnchor } from './scroll-anchor.js';
import { timelineRows } from './timeline-rows.js';
import { useModel, useNow } from './use-model.js';

/** Other messages are fetched this far before the end of those in the document. */
const AHEAD_PX = 800;
const LIT_MS = 1600;

interface Properties {
  readonly conversation: ConversationView;
  readonly timeline: Timeline;
  readonly actions: MessageActions;
  readonly selection: ReadonlySet<string> | undefined;
  /** A message to show: of a quote, or the newest. */
  readonly target: { readonly messageId: bigint } | undefined;
}

export function MessageList({ conversation, timeline, actions, selection, target }: Properties): JSX.Element {
  const model = useModel();
  const { texts, day } = useLocale();
  const now = useNow(60_000);
  const { messages } = timeline;
  const [window, setWindow] = useState<MessageWindow>({});
  const [currentKey, setCurrentKey] = useState<string>();
  const [litKey, setLitKey] = useState<string>();
  const [isAway, setAway] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const anchor = useRef<ScrollAnchor>(undefined);
  // Where the unread ones began when the conversation was opened, whatever has been read since.
  const [readSeq] = useState(conversation.unreadCount > 0 ? conversation.readSeq : undefined);
  const unreadKey = readSeq === undefined ? undefined : messages.find(({ seq, isOwn }) => seq > readSeq && !isOwn)?.key;

  const range = rangeOf(messages, window);
  const { start, end } = range;
  const rows = timelineRows(messages, start, end, unreadKey);
  const current = messages.slice(start, end).some(({ key }) => key === currentKey) ? currentKey : messages[end - 1]?.key;
  // While the document still is as it was.
  anchor.current?.remember();

  /** What is on the screen was seen, and what comes next is fetched. */
  const look = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current!;
    const isAtEnd = end === messages.length && anchor.current!.isAtEnd;
    setAway(!isAtEnd);
    if (scrollTop < AHEAD_PX) {
      if (start > 0) setWindow(earlier(messages, range));
      else if (timeline.hasOlder && !timeline.isLoadingOlder) void model.loadOlder(conversation.key);
    } else if (scrollHeight - scrollTop - clientHeight < AHEAD_PX && end < messages.length) setWindow(later(messages, range));
    if (isAtEnd) {
      const less = trimmed(messages, range);
      if (less !== undefined) setWindow(less);
    }
    if (document.visibilityState !== 'visible') return;
    const key = anchor.current!.lastVisible()?.dataset.key;
    const message = messages.findLast((one) => one.key === key);
    if (message !== undefined) model.seen(conversation.key, message);
  };
  const lookNow = useRef(look);
  lookNow.current = look;

  useLayoutEffect(() => {
    anchor.current = new ScrollAnchor(scroller.current!);
    const unread = list.current!.querySelector('.unread-line');
    if (unread !== null) unread.scrollIntoView({ block: 'center' });
    else anchor.current.restore();
    anchor.current.remember();
    const observer = new ResizeObserver(() => {
      anchor.current!.restore();
      lookNow.current();
    });
    observer.observe(scroller.current!);
    observer.observe(list.current!);
    const onVisible = (): void => lookNow.current();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, []);

  useLayoutEffect(() => {
    // At the end of the window, but not of the conversation, what follows must not pull the list along.
    if (window.lastKey !== undefined) anchor.current!.isAtEnd = false;
    anchor.current!.restore();
    lookNow.current();
  }, [messages, window]);

  useEffect(() => {
    if (target === undefined) return;
    void showTarget(target.messageId);
  }, [target]);

  async function showTarget(messageId: bigint): Promise<void> {
    for (;;) {
      const { messages: loaded, hasOlder } = model.timeline(conversation.key);
      const index = loaded.findIndex((message) => message.messageId === messageId);
      if (index >= 0) {
        anchor.current!.isAtEnd = false;
        setWindow(around(loaded, index));
        setLitKey(loaded[index].key);
        setTimeout(() => setLitKey(undefined), LIT_MS);
        return;
      }
      if (!hasOlder || scroller.current === null) return;
      await model.loadOlder(conversation.key);
      if (model.timeline(conversation.key).messages.length === loaded.length) return;
    }
  }

  useLayoutEffect(() => {
    if (litKey === undefined) return;
    const item = anchor.current!.items().find(({ dataset }) => dataset.key === litKey);
    item?.scrollIntoView({ block: 'center' });
    item?.focus({ preventScroll: true });
    anchor.current!.remember();
  }, [litKey]);

  const toEnd = (): void => {
    anchor.current!.isAtEnd = true;
    setWindow({});
    setCurrentKey(undefined);
    requestAnimationFrame(() => {
      anchor.current!.isAtEnd = true;
      anchor.current!.restore();
    });
  };

  return (
    <div class="messages">
      <div
        ref={scroller}
        class="scroll"
        onScroll={() => {
          anchor.current!.remember();
          look();
        }}
      >
        <div class="older" aria-live="polite">
          {timeline.isLoadingOlder
            ? texts.loadingOlder
            : !timeline.hasOlder && messages.length > 0 && start === 0
              ? texts.start
              : ''}
        </div>
        {messages.length === 0 && !timeline.hasOlder && (
          <div class="empty">
            <span class="empty-title">{texts.noMessages}</span>
            {conversation.isJoined !== false && <span>{texts.noMessagesHint}</span>}
          </div>
        )}
        <ol
          ref={list}
          aria-label={texts.messages}
          onFocusIn={(event) => {
            const key = (event.target as Element).closest<HTMLElement>('li[data-key]')?.dataset.key;
            if (key !== undefined) setCurrentKey(key);
          }}
          onKeyDown={(event) => {
            if ((event.target as Element).matches('li')) moveFocus(event, list.current!, 'li[data-key]');
          }}
        >
          {rows.map((row) =>
            row.kind === 'message' ? (
              <MessageItem
                key={row.key}
                message={row.message}
                startsGroup={row.startsGroup}
                endsGroup={row.endsGroup}
                showsSender={conversation.kind !== 'private'}
                isCurrent={row.key === current}
                isLit={row.key === litKey}
                isSelected={selection?.has(row.key)}
                actions={actions}
              />
            ) : row.kind === 'day' ? (
              <li key={row.key} class="day">
                <span>{day(row.ms, now)}</span>
              </li>
            ) : (
              <li key={row.key} class="unread-line">
                <span>{texts.newMessages}</span>
              </li>
            ),
          )}
        </ol>
      </div>
      {isAway && (
        <IconButton icon="down" class="to-end" label={texts.toBottom} onClick={toEnd}>
          {conversation.unreadCount > 0 && <span class="badge">{conversation.unreadCount}</span>}
        </IconButton>
      )}
    </div>
  );
}
