import type { JSX } from 'preact';
import type { ChatState } from '../model/chat-model.js';
import { nextTheme, type Settings } from '../model/settings.js';
import { useLocale } from '../texts/locale.js';
import { Avatar } from './avatar.js';
import { ConversationList } from './conversation-list.js';
import { IconButton } from './icon-button.js';

interface Properties {
  readonly state: ChatState;
  readonly settings: Settings;
  readonly openKey: string | undefined;
  readonly drafts: ReadonlyMap<string, string>;
  readonly showsFrames: boolean;
  readonly onSettings: (settings: Settings) => void;
  readonly onFrames: () => void;
  readonly onOpen: (key: string) => void;
}

export function SideBar(properties: Properties): JSX.Element {
  const { state, settings, openKey, drafts, showsFrames, onSettings, onFrames, onOpen } = properties;
  const { texts } = useLocale();
  const { me, connection } = state;
  const { theme, language } = settings;
  const icon = ({ auto: 'auto', light: 'sun', dark: 'moon' } as const)[theme];
  return (
    <section class="side" aria-label={texts.chats}>
      <header class="side-header">
        <Avatar name={me.name} seed={String(me.userId)} size="small" />
        <div class="side-title">
          <h1>{me.name}</h1>
          <p data-state={connection.state}>{texts[connection.state === 'ended' ? 'endedPlain' : connection.state]}</p>
        </div>
        <div class="tools">
          <button
            type="button"
            class="language"
            lang={language === 'en' ? 'zh-CN' : 'en'}
            title={texts.languageLabel}
            onClick={() => onSettings({ ...settings, language: language === 'en' ? 'zh' : 'en' })}
          >
            {texts.language}
          </button>
          <IconButton
            icon={icon}
            label={texts.themeLabel(texts.theme[theme])}
            onClick={() => onSettings({ ...settings, theme: nextTheme(theme) })}
          />
          <IconButton icon="frames" class="show-frames" label={texts.developer} pressed={showsFrames} onClick={onFrames} />
        </div>
      </header>
      <ConversationList
        conversations={state.conversations}
        isLoaded={state.isLoaded}
        openKey={openKey}
        drafts={drafts}
        onOpen={onOpen}
      />
    </section>
  );
}
