// A menu that hangs from a button of the bar: arrow keys move, Escape or a click elsewhere closes.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { closeFloating } from "../state/floating";
import { Icon, type IconName } from "./icon";

const items = "[role^=menuitem]:not(:disabled)";

export function Menu({ label, class: extra = "", children }: { label: string; class?: string; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  // Before the next key, which is for the menu already.
  useLayoutEffect(() => {
    box.current?.querySelector<HTMLElement>(`${items}[aria-checked=true], ${items}`)?.focus();
    return closeOnOutsideClick(box.current);
  }, []);
  return (
    <div ref={box} class={`menu ${extra}`} role="menu" aria-label={label} data-floating onKeyDown={moveByKeys}>
      {children}
    </div>
  );
}

// The buttons that open things close them too, so a click on the bar is left to it.
export function closeOnOutsideClick(box: HTMLElement | null): () => void {
  const check = (event: Event): void => {
    const target = event.target as Element;
    if (!box?.contains(target) && !target.closest(".bar, .touch-bar")) closeFloating();
  };
  window.addEventListener("pointerdown", check, true);
  return () => window.removeEventListener("pointerdown", check, true);
}

function moveByKeys(event: KeyboardEvent): void {
  const box = event.currentTarget as HTMLElement;
  const all = [...box.querySelectorAll<HTMLElement>(items)];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 };
  const to = moves[event.key];
  if (to !== undefined) all[to % all.length]?.focus();
  else if (event.key === "Escape") closeFloating();
  else if (event.key === "Tab") return closeFloating();
  else return;
  event.preventDefault();
}

interface ItemProps {
  icon?: IconName;
  hint?: string;
  isChecked?: boolean; // one of several
  isDisabled?: boolean;
  onClick: () => void;
  children: ComponentChildren;
}

export function MenuItem({ icon, hint, isChecked, isDisabled = false, onClick, children }: ItemProps) {
  const isChoice = isChecked !== undefined;
  return (
    <button
      type="button"
      role={isChoice ? "menuitemradio" : "menuitem"}
      aria-checked={isChecked}
      disabled={isDisabled}
      tabIndex={-1}
      onClick={onClick}
    >
      {isChoice ? isChecked ? <Icon name="check" /> : <span class="icon" /> : icon && <Icon name={icon} />}
      <span>{children}</span>
      {hint && <span class="hint">{hint}</span>}
    </button>
  );
}
