// Who steers the desktop, where only one viewer may at a time.

import { computed, signal } from "@preact/signals";
import { call } from "../api/client";
import { onEvent } from "../api/events";
import type { ControlDocument, DesktopDocument } from "../api/types";
import { hasApi, may, session, tag } from "./session";
import { tell } from "./notices";

export const control = signal<ControlDocument | null>(null);

// Trouble with the desktop itself, in a sentence; "" when it is well.
export const desktopTrouble = signal("");

export const isSingle = computed(() => control.value?.policy === "single");
export const isMine = computed(() => control.value?.owner_tag === tag);
export const isSomebodyElses = computed(() => isSingle.value && control.value?.owner !== null && !isMine.value);

// The session has no right to act on the desktop; it can only be watched.
export const isWatcher = computed(() => session.value?.authenticated === true && !may("control"));

export async function loadDesktop(): Promise<void> {
  if (!hasApi.value) return;
  try {
    const desktop = await call<DesktopDocument>("GET", "desktop");
    control.value = desktop.control;
    desktopTrouble.value = troubleOf(desktop.state, desktop.state_message);
  } catch {
    control.value = null; // then the tools for it are hidden
  }
}

export async function takeControl(): Promise<void> {
  control.value = await call<ControlDocument>("PUT", "control", { viewer: tag });
}

export async function releaseControl(): Promise<void> {
  await call<null>("DELETE", "control", { viewer: tag });
}

function troubleOf(state: string, message: string): string {
  if (state === "lost") return message || "The server has lost its desktop and is trying to get it back.";
  if (state === "starting") return message || "The desktop is starting.";
  return "";
}

onEvent<ControlDocument>("control", (document) => (control.value = document));
onEvent<{ state: string; message?: string }>("desktop", ({ state, message }) => {
  desktopTrouble.value = troubleOf(state, message ?? "");
});
onEvent<{ text: string; from: string }>("message", ({ text, from }) => tell(`Message from ${from}: ${text}`, "message"));
