// What the user chose, remembered by this browser.

import { isBoolean, oneOf, remembered } from "./remembered";

export type Scale = "fit" | "one" | "match";
export type Quality = "auto" | "sharp" | "fast";
export type Theme = "system" | "light" | "dark";
export interface Point {
  x: number;
  y: number;
}

export const scale = remembered<Scale>("scale", "fit", oneOf("fit", "one", "match"));
export const quality = remembered<Quality>("quality", "auto", oneOf("auto", "sharp", "fast"));
export const theme = remembered<Theme>("theme", "system", oneOf("system", "light", "dark"));
export const isBarFolded = remembered("bar_folded", false, isBoolean);
export const isBarPinned = remembered("bar_pinned", false, isBoolean);
export const isStatisticsShown = remembered("statistics", false, isBoolean);
export const isClipboardSynced = remembered("clipboard_sync", false, isBoolean);

// Where the statistics are: distance of their top right corner from that of the desktop, in CSS pixels.
export const statisticsOffset = remembered<Point>("statistics_offset", { x: 16, y: 16 }, (kept) => {
  const { x, y } = (kept ?? {}) as Partial<Point>;
  return Number.isFinite(x) && Number.isFinite(y);
});
