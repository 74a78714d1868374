// Text between this computer's clipboard and the desktop's.

import { computed, effect, signal } from "@preact/signals";
import { screen, status } from "../connection/connection";
import { isClipboardSynced } from "./preferences";

export interface Clip {
  text: string;
  at: Date;
}

const earlier_max = 3;

export const fromDesktop = signal<Clip | null>(null);
export const earlier = signal<readonly Clip[]>([]);
export const toDesktop = signal(""); // what is in the panel's field

// none:  not possible, `why` says why.     outward: only from the desktop to this computer.
// both:  both ways, once the browser has asked the user.
export interface SyncAbility {
  kind: "none" | "outward" | "both";
  words: string;
}
export const syncAbility = signal<SyncAbility>({ kind: "none", words: "" });

let lastSeen: string | null = null; // the text that both sides have, so that it does not go in circles

async function findAbility(): Promise<SyncAbility> {
  if (!window.isSecureContext)
    return { kind: "none", words: "Browsers allow it on encrypted pages only (https), or on this computer itself." };
  if (!navigator.clipboard?.writeText) return { kind: "none", words: "This browser does not let pages use the clipboard." };
  try {
    const permission = await navigator.permissions.query({ name: "clipboard-read" as PermissionName });
    permission.onchange = () => void updateAbility();
    if (permission.state === "denied")
      return { kind: "outward", words: "Only from the desktop: this browser was told not to let the page read your clipboard." };
    return { kind: "both", words: "Allowed by this browser. Text only." };
  } catch {
    return { kind: "outward", words: "Only from the desktop: this browser lets pages read your clipboard only when you paste." };
  }
}

async function updateAbility(): Promise<void> {
  syncAbility.value = await findAbility();
}

export const isSyncing = computed(() => isClipboardSynced.value && syncAbility.value.kind !== "none");

export function receiveFromDesktop(text: string): void {
  if (text === fromDesktop.peek()?.text) return;
  const previous = fromDesktop.peek();
  if (previous?.text) earlier.value = [previous, ...earlier.peek()].slice(0, earlier_max);
  fromDesktop.value = { text, at: new Date() };
  if (isSyncing.peek()) void copyHere(text).catch(() => {}); // without focus it is not allowed; the panel has it
}

// Throws when the browser does not allow it.
export async function copyHere(text: string): Promise<void> {
  lastSeen = text;
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  copyByField(text);
}

// The old way, for pages without a secure context.
function copyByField(text: string): void {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (!isCopied) throw new Error("This browser does not let the page copy. Select the text and copy it.");
}

export function sendToDesktop(text: string): void {
  lastSeen = text;
  screen.peek()?.rfb.clipboardPasteFrom(text);
}

// This computer's clipboard may have changed while the user was elsewhere.
async function pull(): Promise<void> {
  if (!isSyncing.peek() || syncAbility.peek().kind !== "both" || status.peek().state !== "connected") return;
  if (!document.hasFocus()) return;
  try {
    const text = await navigator.clipboard.readText();
    if (text && text !== lastSeen) sendToDesktop(text);
  } catch {
    await updateAbility();
  }
}

void updateAbility();
window.addEventListener("focus", () => void pull());
document.addEventListener("copy", () => setTimeout(() => void pull()));
effect(() => {
  if (isSyncing.value && status.value.state === "connected") void pull();
});
effect(() => {
  screen.value?.rfb.addEventListener("clipboard", ({ detail }) => receiveFromDesktop(detail.text));
});
