// What hangs from the bar: at most one panel or menu at a time.

import { signal } from "@preact/signals";

export type Floating = "clipboard" | "keys" | "view" | "pages" | "more";

export const floating = signal<Floating | null>(null);

let opener: HTMLElement | null = null;

export function toggleFloating(which: Floating): void {
  if (floating.value === which) return closeFloating();
  opener = document.activeElement as HTMLElement | null;
  floating.value = which;
}

// The focus goes back to what opened it, unless it has left already.
export function closeFloating(): void {
  if (floating.value === null) return;
  const hadFocus = document.activeElement?.closest("[data-floating]") != null;
  floating.value = null;
  if (hadFocus && opener?.isConnected) opener.focus();
  opener = null;
}
