// Icons: paths in a square of 24. They say nothing to screen readers; the control that has one is labelled.
import type { JSX } from 'preact';

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  send: 'M4 12l16-8-6 16-3-7-7-1z',
  attach: 'M4 17l5-5 4 4 3-3 4 4M4 5h16v14H4zM9 9.5a.5.5 0 1 1-1 0 .5.5 0 0 1 1 0',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  close: 'M6 6l12 12M18 6L6 18',
  reply: 'M10 7l-5 5 5 5M5 12h9a5 5 0 0 1 5 5v2',
  edit: 'M4 20l1-5L16 4l4 4L9 19z',
  recall: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  forward: 'M14 7l5 5-5 5M19 12h-9a5 5 0 0 0-5 5v2',
  select: 'M5 12l4 4L19 6',
  phone: 'M6 3h4l1.500 5L9 10a12 12 0 0 0 5 5l2-2.500L21 14v4a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z',
  video: 'M3 7h12v10H3zM15 11l6-4v10l-6-4',
  down: 'M6 9l6 6 6-6',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M5 19l1.500-1.500M17.500 6.500L19 5',
  moon: 'M20 14A8.500 8.500 0 0 1 10 4a8.500 8.500 0 1 0 10 10z',
  auto: 'M12 4a8 8 0 1 0 0 16z M12 4a8 8 0 0 1 0 16',
  frames: 'M4 6h10M4 12h16M4 18h7',
  pin: 'M9 4h6l-1 6 3 3H7l3-3zM12 13v7',
  mute: 'M4 10v4h4l5 4V6L8 10zM17 10l4 4M21 10l-4 4',
  stop: 'M7 7h10v10H7z',
  hangup: 'M3 15a14 14 0 0 1 18 0l-2 3-4-1.500V14a10 10 0 0 0-6 0v2.500L5 18z',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  alert: 'M12 7v6M12 16.500v.01M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18',
  clock: 'M12 7v5l3 2M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18',
  spark: 'M12 3l2 6.500 6.500 2.500-6.500 2.500-2 6.500-2-6.500L3.500 12 10 9.500z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** One tick: the platform has it. Two: it was delivered, or read. */
export function Tick({ isDouble }: { isDouble: boolean }): JSX.Element {
  return (
    <svg class="tick" width="18" height="12" viewBox="0 0 18 12" aria-hidden="true">
      <path d={isDouble ? 'M1 6.500l3.500 3.500L11 2.500M8 9l1 1 6.500-7.500' : 'M4 6.500l3.500 3.500L14 2.500'} />
    </svg>
  );
}
