// Which page is shown: what follows the '#' of the address, such as "#/status".

import { computed, signal } from "@preact/signals";

export type PageName = "desktop" | "status";

const hash = signal(location.hash);
window.addEventListener("hashchange", () => (hash.value = location.hash));

export const asked = computed<PageName>(() => (/^#\/status\b/.test(hash.value) ? "status" : "desktop"));
