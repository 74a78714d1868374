// Who we are to the server: its name, and what we may do.

import { computed, signal } from "@preact/signals";
import { ApiError, call } from "../api/client";
import type { Role, SessionDocument } from "../api/types";

// Names this page's viewer to the server, in the WebSocket's address and in the API.
export const tag = randomTag();

export const session = signal<SessionDocument | null>(null);

// The server has the HTTP API. One without it still shows its desktop.
export const hasApi = signal(false);

// The desktop's own name, once a connection told it.
export const desktopName = signal("");

export const hostName = computed(() => desktopName.value || session.value?.name || location.host);

export function may(role: Role): boolean {
  return session.value?.roles.includes(role) ?? !hasApi.value;
}

// Asks the server who we are. Throws ApiError when it does not answer.
export async function loadSession(): Promise<void> {
  try {
    session.value = await call<SessionDocument>("GET", "session");
    hasApi.value = true;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    session.value = null;
    hasApi.value = false;
  }
}

export async function signIn(password: string): Promise<void> {
  session.value = await call<SessionDocument>("POST", "session", { password });
}

export async function signOut(): Promise<void> {
  await call<null>("DELETE", "session");
}

// crypto.randomUUID is missing where the page came over plain HTTP from another machine.
function randomTag(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
