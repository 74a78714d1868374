// What the tools of the desktop do.

import { signal } from "@preact/signals";
import { screen } from "../connection/connection";
import { tell } from "../state/notices";
import { hostName } from "../state/session";

export const isFullScreen = signal(false);
document.addEventListener("fullscreenchange", () => (isFullScreen.value = document.fullscreenElement !== null));

export const canFullScreen = document.fullscreenEnabled;

// Where the browser can, all keys go to the desktop then, also Alt+Tab and Super (Keyboard Lock API).
interface KeyboardLock {
  lock?: () => Promise<void>;
  unlock?: () => void;
}

export async function toggleFullScreen(): Promise<void> {
  const keyboard = (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard;
  if (document.fullscreenElement) {
    keyboard?.unlock?.();
    return document.exitFullscreen();
  }
  await document.documentElement.requestFullscreen({ navigationUI: "hide" });
  if (!keyboard?.lock) return;
  await keyboard.lock();
  tell("All keys go to the desktop now. Hold Esc to leave full screen.");
}

// Saves what the canvas holds: the whole desktop in its own size.
export async function saveScreenshot(): Promise<void> {
  const blob = await screen.peek()?.picture();
  if (!blob) throw new Error("There is no picture to save.");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName(hostName.peek(), new Date());
  link.click();
  URL.revokeObjectURL(link.href);
  tell(`Saved as ${link.download}.`);
}

// "build-07 2026-11-20 14.32.07.png", without what file systems do not take.
function fileName(host: string, at: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(".");
  return `${host.replace(/[\\/:*?"<>|\s]+/g, "-")} ${day} ${time}.png`;
}
