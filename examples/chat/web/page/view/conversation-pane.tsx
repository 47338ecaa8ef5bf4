import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChatState, ConversationView } from '../model/chat-model.js';
import type { Drafts } from '../model/drafts.js';
import type { MessageView } from '../model/message-view.js';
import { useLocale } from '../texts/locale.js';
import { Composer, type ComposerMode } from './composer.js';
import { ConfirmDialog } from './confirm-dialog.js';
import { ConversationHeader } from './conversation-header.js';
import { ForwardDialog } from './forward-dialog.js';
import type { MessageActions } from './message-actions.js';
import { MessageList } from './message-list.js';
import { SelectionBar } from './selection-bar.js';
import { useModel } from './use-model.js';

interface Properties {
  readonly state: ChatState;
  readonly conversation: ConversationView;
  readonly drafts: Drafts;
  readonly onBack: () => void;
}

/** One conversation. It is made again for each, with a `key`. */
export function ConversationPane({ state, conversation, drafts, onBack }: Properties): JSX.Element {
  const model = useModel();
  const { texts } = useLocale();
  const { key, kind } = conversation;
  const timeline = model.timeline(key);
  const pane = useRef<HTMLElement>(null);
  const [mode, setMode] = useState<ComposerMode>({ kind: 'new' });
  const [forwards, setForwards] = useState<readonly MessageView[]>();
  const [recalls, setRecalls] = useState<MessageView>();
  const [selection, setSelection] = useState<ReadonlySet<string>>();
  const [target, setTarget] = useState<{ messageId: bigint }>();

  useEffect(() => focusFirst(pane.current!), []);

  const actions = useMemo(
    (): MessageActions => ({
      canChange: kind !== 'room',
      reply: (message) => setMode({ kind: 'reply', message }),
      edit: (message) => setMode({ kind: 'edit', message }),
      recall: (message) => setRecalls(message),
      react: (message, reaction, removed) => model.react(key, message, reaction, removed),
      forward: (messages) => setForwards(messages),
      select: (message) => setSelection((selected) => toggled(selected, message.key)),
      retry: (message) => model.retry(key, message),
      stop: (message) => model.stopStream(key, message),
      goTo: (messageId) => setTarget({ messageId }),
    }),
    [model, key, kind],
  );
  const editLast = (): void => {
    const last = timeline.messages.findLast(({ isOwn, messageId, body }) => isOwn && messageId !== 0n && body.kind === 'text');
    if (last !== undefined && actions.canChange) setMode({ kind: 'edit', message: last });
  };

  return (
    <main
      ref={pane}
      class="conversation"
      aria-label={conversation.title}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        if (selection === undefined) onBack();
        else setSelection(undefined);
      }}
    >
      <ConversationHeader conversation={conversation} onBack={onBack} />
      <MessageList conversation={conversation} timeline={timeline} actions={actions} selection={selection} target={target} />
      {selection !== undefined ? (
        <SelectionBar
          count={selection.size}
          onCancel={() => setSelection(undefined)}
          onForward={() => setForwards(timeline.messages.filter((message) => selection.has(message.key)))}
        />
      ) : kind === 'room' && !conversation.isJoined ? (
        <div class="join">
          <p>{texts.joinHint}</p>
          <button type="button" class="primary" onClick={() => model.setRoom(key, true)}>
            {texts.join}
          </button>
        </div>
      ) : (
        <Composer
          conversation={conversation}
          drafts={drafts}
          mode={mode}
          onMode={setMode}
          onEditLast={editLast}
          onEscape={onBack}
        />
      )}
      {forwards !== undefined && (
        <ForwardDialog
          conversations={state.conversations}
          onClose={() => setForwards(undefined)}
          onChoose={(toKey) => {
            model.forward(key, forwards, toKey);
            setSelection(undefined);
          }}
        />
      )}
      {recalls !== undefined && (
        <ConfirmDialog
          title={texts.recallSure}
          action={texts.recall}
          onClose={() => setRecalls(undefined)}
          onConfirm={() => model.recall(key, recalls)}
        />
      )}
    </main>
  );
}

function toggled(selected: ReadonlySet<string> | undefined, key: string): ReadonlySet<string> | undefined {
  const next = new Set(selected);
  if (!next.delete(key)) next.add(key);
  return next.size === 0 ? undefined : next;
}

/** The text, or on a touch screen, where a keyboard would cover half of it, the title. */
function focusFirst(pane: HTMLElement): void {
  const isTouch = matchMedia('(hover: none)').matches;
  const text = isTouch ? null : pane.querySelector<HTMLElement>('textarea');
  (text ?? pane.querySelector<HTMLElement>('h2'))?.focus();
}
