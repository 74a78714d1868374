// Which page is shown: the one asked for, if we may see it; else the desktop. The Monitor page says itself
// what is missing.

import { computed } from "@preact/signals";
import { asked, type PageName } from "./route";
import { hasApi, may } from "./session";

export const shown = computed<PageName>(() => {
  const name = asked.value;
  const isThere = name === "monitor" ? hasApi.value : name === "status" && hasApi.value && may("admin");
  return isThere ? name : "desktop";
});
