import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChatModel } from '../model/chat-model.js';
import { Drafts } from '../model/drafts.js';
import { keepSettings, readSettings } from '../model/settings.js';
import { Locale, LocaleContext } from '../texts/locale.js';
import { Announcer } from './announcer.js';
import { CallPanel } from './call-panel.js';
import { ConnectionBanner } from './connection-banner.js';
import { ConversationPane } from './conversation-pane.js';
import { SideBar } from './side-bar.js';
import { ModelContext, useChanges } from './use-model.js';

interface Properties {
  readonly model: ChatModel;
  /** The developer's panel. It is not a part of the chat, and closed at first. */
  readonly frames: (onClose: () => void) => ComponentChildren;
}

export function App({ model, frames }: Properties): JSX.Element {
  useChanges(model);
  const { state } = model;
  const [settings, setSettings] = useState(readSettings);
  const [openKey, setOpenKey] = useState<string>();
  const [showsFrames, setShowsFrames] = useState(false);
  const locale = useMemo(() => new Locale(settings.language), [settings.language]);
  const drafts = useMemo(() => new Drafts(String(state.me.userId)), [state.me.userId]);
  const root = useRef<HTMLDivElement>(null);
  const open = state.conversations.find(({ key }) => key === openKey);

  useLayoutEffect(() => {
    document.documentElement.lang = locale.tag;
    document.documentElement.dataset.theme = settings.theme;
    keepSettings(settings);
  }, [settings, locale]);
  const unread = state.conversations.reduce((sum, { unreadCount, isMuted }) => sum + (isMuted ? 0 : unreadCount), 0);
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${state.me.name} · ${locale.texts.app}`;
  }, [unread, state.me.name, locale]);

  const show = (key: string | undefined): void => {
    model.open(key);
    setOpenKey(key);
    // The focus goes back to where it came from.
    if (key === undefined) root.current!.querySelector<HTMLElement>(`.row[data-key="${openKey}"]`)?.focus();
  };
  return (
    <LocaleContext.Provider value={locale}>
      <ModelContext.Provider value={model}>
        <div ref={root} class="app" data-screen={open === undefined ? 'list' : 'conversation'} data-frames={showsFrames}>
          <ConnectionBanner connection={state.connection} failure={state.failure} />
          <SideBar
            state={state}
            settings={settings}
            openKey={openKey}
            drafts={drafts.all}
            showsFrames={showsFrames}
            onSettings={setSettings}
            onFrames={() => setShowsFrames(!showsFrames)}
            onOpen={show}
          />
          {open === undefined ? (
            <main class="conversation nothing">
              <strong>{locale.texts.choose}</strong>
              <p>{locale.texts.chooseHint}</p>
            </main>
          ) : (
            <ConversationPane key={open.key} state={state} conversation={open} drafts={drafts} onBack={() => show(undefined)} />
          )}
          {showsFrames && frames(() => setShowsFrames(false))}
          {state.call !== undefined && <CallPanel key={state.call.callId} call={state.call} />}
          <Announcer conversations={state.conversations} />
        </div>
      </ModelContext.Provider>
    </LocaleContext.Provider>
  );
}
