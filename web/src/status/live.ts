// What the Status page shows: viewers and log from the stream, settings asked for once.

import { signal } from "@preact/signals";
import { call } from "../api/client";
import { onEvent } from "../api/events";
import type { DesktopDocument, LogDocument, SettingDocument, ViewerDocument, ViewersDocument } from "../api/types";
import { sentence } from "../api/client";

const log_max = 1000;

export const viewers = signal<readonly ViewerDocument[] | null>(null);
export const desktop = signal<DesktopDocument | null>(null);
export const settings = signal<readonly SettingDocument[] | null>(null);
export const settingsTrouble = signal("");
export const isLogPaused = signal(false);
export const log = signal<readonly LogDocument[]>([]); // newest first

let waiting: LogDocument[] = []; // newest first; came while the log was paused, or since the last picture
let isScheduled = false;

onEvent<ViewersDocument>("viewers", (document) => (viewers.value = document.viewers));
onEvent<{ width: number; height: number }>("resized", (geometry) => {
  if (desktop.value) desktop.value = { ...desktop.value, geometry };
});
onEvent<LogDocument>("log", (line) => {
  waiting = [line, ...waiting].slice(0, log_max);
  showWaiting();
});
// The stream starts with the last lines of the log, so what is shown makes way.
onEvent<unknown>("hello", () => {
  waiting = [];
  log.value = [];
});

// Many lines may come at once; the page is drawn once for all of them.
function showWaiting(): void {
  if (isScheduled || isLogPaused.peek()) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    if (isLogPaused.peek()) return;
    log.value = [...waiting, ...log.value].slice(0, log_max);
    waiting = [];
  });
}

export function togglePause(): void {
  isLogPaused.value = !isLogPaused.value;
  showWaiting();
}

export async function loadStatus(): Promise<void> {
  try {
    settingsTrouble.value = "";
    const [first, known, seen] = await Promise.all([
      call<ViewersDocument>("GET", "viewers"),
      call<{ settings: SettingDocument[] }>("GET", "settings"),
      call<DesktopDocument>("GET", "desktop"),
    ]);
    viewers.value = first.viewers;
    settings.value = known.settings;
    desktop.value = seen;
  } catch (error) {
    settingsTrouble.value = sentence(error);
  }
}

export async function disconnectViewer(id: number, reason: string): Promise<void> {
  await call<null>("DELETE", `viewers/${id}`, { reason });
}

export async function sendMessage(id: number, text: string): Promise<void> {
  await call<null>("POST", `viewers/${id}/message`, { text });
}

export async function giveControl(id: number): Promise<void> {
  await call<unknown>("PUT", "control", { viewer: String(id) });
}

export async function endControl(id: number): Promise<void> {
  await call<null>("DELETE", "control", { viewer: String(id) });
}
