// What the user has chosen: language and colours. Kept on the device.
import type { Language } from '../texts/locale.js';

export type Theme = 'auto' | 'light' | 'dark';

export interface Settings {
  readonly language: Language;
  readonly theme: Theme;
}

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export function readSettings(): Settings {
  const language = localStorage.getItem('language');
  const theme = localStorage.getItem('theme');
  return {
    language: language === 'en' || language === 'zh' ? language : languageOf(navigator.language),
    theme: THEMES.find((known) => known === theme) ?? 'auto',
  };
}

export function keepSettings({ language, theme }: Settings): void {
  localStorage.setItem('language', language);
  localStorage.setItem('theme', theme);
}

export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
}

function languageOf(tag: string): Language {
  return /^zh\b/i.test(tag) ? 'zh' : 'en';
}
