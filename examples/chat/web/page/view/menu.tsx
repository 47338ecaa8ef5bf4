// A menu beside the control that opened it, in the top layer. The browser closes it on Escape and on a click elsewhere.
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icons.js';
import { moveFocus } from './roving.js';

const MARGIN_PX = 8;

interface Properties {
  readonly label: string;
  /** Where it opens. */
  readonly anchor: DOMRect;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Menu({ label, anchor, onClose, children }: Properties): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = menu.current!;
    element.showPopover();
    place(element, anchor);
    element.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [anchor]);
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === 'Tab') {
      event.preventDefault();
      menu.current!.hidePopover();
    } else moveFocus(event, menu.current!, '[role=menuitem]', { axis: 'both', wraps: true });
  };
  return (
    <div
      ref={menu}
      class="menu"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      popover="auto"
      onKeyDown={onKeyDown}
      onToggle={(event: Event) => (event as ToggleEvent).newState === 'closed' && onClose()}
      onClick={(event) => {
        // The message in which the menu stands must not take the click for its own.
        event.stopPropagation();
        if ((event.target as Element).closest('[role=menuitem]')) menu.current!.hidePopover();
      }}
    >
      {children}
    </div>
  );
}

interface ItemProperties {
  readonly icon: IconName;
  readonly text: string;
  readonly onSelect: () => void;
  readonly isDangerous?: boolean;
}

export function MenuItem({ icon, text, onSelect, isDangerous = false }: ItemProperties): JSX.Element {
  return (
    <button type="button" role="menuitem" tabIndex={-1} class={isDangerous ? 'item danger' : 'item'} onClick={onSelect}>
      <Icon name={icon} size={18} />
      {text}
    </button>
  );
}

/** Below the anchor if there is room, above it otherwise, and never outside of the window. */
function place(element: HTMLElement, anchor: DOMRect): void {
  const { width, height } = element.getBoundingClientRect();
  const below = anchor.bottom + MARGIN_PX / 2;
  const top = below + height + MARGIN_PX <= innerHeight ? below : anchor.top - height - MARGIN_PX / 2;
  element.style.left = `${Math.max(MARGIN_PX, Math.min(anchor.left, innerWidth - width - MARGIN_PX))}px`;
  element.style.top = `${Math.max(MARGIN_PX, Math.min(top, innerHeight - height - MARGIN_PX))}px`;
}
