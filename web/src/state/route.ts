// Which page is shown: what follows the '#' of the address, such as "#/status".

import { computed, signal } from "@preact/signals";

export type PageName = "desktop" | "monitor" | "status";

const hash = signal(location.hash);
window.addEventListener("hashchange", () => (hash.value = location.hash));

const names: readonly PageName[] = ["monitor", "status"];

export const asked = computed<PageName>(() => {
  const name = /^#\/(\w+)/.exec(hash.value)?.[1];
  return names.find((known) => known === name) ?? "desktop";
});
