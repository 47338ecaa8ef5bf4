import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons.js';

interface Properties {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: (event: MouseEvent) => void;
  readonly class?: string;
  readonly tabIndex?: number;
  readonly pressed?: boolean;
  readonly children?: ComponentChildren;
}

/** A round button with an icon alone; its label is also its tooltip. */
export function IconButton({ icon, label, onClick, tabIndex, pressed, children, class: more = '' }: Properties): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button ${more}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}
