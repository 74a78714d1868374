// A panel that hangs from the bar on the right, or stands at the bottom of a narrow window.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { closeFloating } from "../state/floating";
import { ToolButton } from "./button";

export function Drawer({ title, children }: { title: string; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} class="drawer" role="dialog" aria-label={title} tabIndex={-1} data-floating onKeyDown={closeOnEscape}>
      <header>
        <h2>{title}</h2>
        <ToolButton icon="x" label={`Close ${title.toLowerCase()}`} onClick={closeFloating} />
      </header>
      {children}
    </div>
  );
}

function closeOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.preventDefault();
  closeFloating();
}
