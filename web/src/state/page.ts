// Which page is shown: the one asked for, if we may see it; else the desktop.

import { computed } from "@preact/signals";
import { asked, type PageName } from "./route";
import { hasApi, may } from "./session";

export const shown = computed<PageName>(() => (asked.value === "status" && hasApi.value && may("admin") ? "status" : "desktop"));
