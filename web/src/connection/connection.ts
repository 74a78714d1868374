// The connection to the desktop: made, lost, made again. Everything the page says about it is one
// signal, `status`.

import { effect, signal } from "@preact/signals";
import { ApiError, sentence } from "../api/client";
import { isWatcher } from "../state/control";
import { shown } from "../state/page";
import { quality, scale } from "../state/preferences";
import { desktopName, hasApi, hostName, loadSession, session, signIn, tag } from "../state/session";
import { retryDelay } from "./retry_delay";
import { Screen } from "./screen";

// idle:       the page shown needs no desktop.
// connecting: `step` is what is being waited for.
// waiting:    lost; the next attempt is in left_s.
// password:   the server wants one. lockedFor_s counts down after too many wrong ones.
// refused:    the server said no; only the user tries again.
// sent_away:  an admin ended this viewer's connection.
export type Status =
  | { state: "idle" }
  | { state: "connecting"; step: "server" | "picture" }
  | { state: "connected" }
  | { state: "waiting"; title: string; detail: string; attempt: number; left_s: number; total_s: number }
  | { state: "password"; mistake: string; lockedFor_s: number; isBusy: boolean }
  | { state: "refused"; title: string; detail: string }
  | { state: "sent_away"; reason: string };

export const status = signal<Status>({ state: "connecting", step: "server" });
export const screen = signal<Screen | null>(null);
export const pictureTaken = signal<Date | null>(null); // when the last picture was live, while it is kept
export const isViewOnly = signal(false);
export const isDragMoving = signal(false); // a drag moves the part of the picture that is shown

// A server that sends no picture within this time is shown as it is: black.
const firstPicture_ms = 3000;

// Where the picture and the keys are; set by the page before it starts.
interface Places {
  box: HTMLElement; // of the live picture
  last: HTMLElement; // of the one that stays when the connection is lost
  field: HTMLElement;
}

let places: Places | null = null;
let attempt = 0; // failed attempts since the last live picture
let timer: ReturnType<typeof setInterval> | undefined;
let vncPassword = ""; // typed by the user for a server without the HTTP API; kept for one attempt

export function start(at: Places): void {
  places = at;
  void connect();
}

// Asks who we are, then opens the desktop if the page shown is that of the desktop.
export async function connect(): Promise<void> {
  clearInterval(timer);
  status.value = { state: "connecting", step: "server" };
  try {
    await loadSession();
  } catch (error) {
    const title = error instanceof ApiError && error.status === 0 ? `${location.host} does not answer.` : sentence(error);
    return waitAndRetry(title, "");
  }
  continueWithSession();
}

function continueWithSession(): void {
  const known = session.value;
  if (known && !known.authenticated) return askForPassword("");
  if (shown.value === "desktop") openDesktop();
  else status.value = { state: "idle" };
}

// The user has typed a password.
export async function usePassword(password: string): Promise<void> {
  if (!hasApi.value) {
    vncPassword = password;
    return openDesktop();
  }
  status.value = { state: "password", mistake: "", lockedFor_s: 0, isBusy: true };
  try {
    await signIn(password);
  } catch (error) {
    const wait_s = error instanceof ApiError ? (error.retryAfter_s ?? 0) : 0;
    return askForPassword(sentence(error), wait_s);
  }
  continueWithSession();
}

function askForPassword(mistake: string, lockedFor_s = 0): void {
  clearInterval(timer);
  const show = (left_s: number): void => {
    status.value = { state: "password", mistake, lockedFor_s: left_s, isBusy: false };
  };
  show(lockedFor_s);
  if (lockedFor_s > 0) countDown(lockedFor_s, show);
}

function websocketUrl(): URL {
  const url = new URL("websockify", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.search = new URLSearchParams({ tag }).toString();
  url.hash = "";
  return url;
}

function openDesktop(): void {
  if (!places) return;
  status.value = { state: "connecting", step: "server" };
  const opened = new Screen(places.box, places.field, websocketUrl());
  const { rfb, canvas, probe } = opened;
  screen.value = opened;
  opened.setQuality(quality.peek());
  opened.setScale(scale.peek());
  rfb.viewOnly = isViewOnly.peek() || isWatcher.peek();
  const isCurrent = (): boolean => screen.peek() === opened;
  const isLive = (): boolean => isCurrent() && status.peek().state === "connected";

  rfb.addEventListener("desktopname", ({ detail }) => {
    desktopName.value = detail.name;
  });

  const goLive = (): void => {
    if (!isCurrent() || status.peek().state !== "connecting") return;
    attempt = 0;
    vncPassword = "";
    status.value = { state: "connected" };
    performance.mark("interactive");
    pictureTaken.value = null;
    places?.last.replaceChildren();
  };
  rfb.addEventListener("connect", () => {
    status.value = { state: "connecting", step: "picture" };
    setTimeout(goLive, firstPicture_ms);
  });
  probe.onFrame = goLive;

  rfb.addEventListener("credentialsrequired", () => {
    if (vncPassword) return rfb.sendCredentials({ password: vncPassword });
    forget(opened);
    askForPassword("");
  });

  rfb.addEventListener("securityfailure", ({ detail }) => {
    const reason = detail.reason ?? "";
    const hadPassword = vncPassword !== "";
    vncPassword = "";
    screen.value = null; // noVNC ends it itself
    if (hadPassword) return askForPassword(reason || "That password is not right.");
    status.value = {
      state: "refused",
      title: `${hostName.peek()} refused the connection`,
      detail: reason || `The server gave no reason (status ${detail.status}).`,
    };
  });

  rfb.addEventListener("disconnect", () => {
    if (!isCurrent()) return;
    const wasLive = isLive();
    screen.value = null;
    if (wasLive) keepPicture(canvas);
    ended(wasLive, opened.closed);
  });
}

// Ends a connection of which nothing more is to be heard.
function forget(opened: Screen): void {
  screen.value = null;
  opened.rfb.disconnect();
}

function ended(wasLive: boolean, closed: CloseEvent | null): void {
  const reason = closed?.reason ?? "";
  const byAdmin = /^disconnected by (?:an )?admin(?:: (.*))?$/.exec(reason);
  if (byAdmin) {
    status.value = { state: "sent_away", reason: byAdmin[1] ?? "" };
    return;
  }
  // 1000 and 1001 are a server that says goodbye; anything else is a line that broke.
  const isGoodbye = closed?.code === 1000 || closed?.code === 1001;
  const title = isGoodbye ? "The server was stopped." : wasLive ? "The connection was lost." : `${location.host} does not answer.`;
  const isSaidAlready = isGoodbye && /\bserver stop/.test(reason);
  waitAndRetry(title, isSaidAlready ? "" : asSentence(reason));
}

// The server's reasons are clauses without a period.
function asSentence(clause: string): string {
  return clause && `${clause.charAt(0).toUpperCase()}${clause.slice(1)}${clause.endsWith(".") ? "" : "."}`;
}

function waitAndRetry(title: string, detail: string): void {
  attempt += 1;
  const total_s = retryDelay(attempt);
  const show = (left_s: number): void => {
    status.value = { state: "waiting", title, detail, attempt, left_s, total_s };
    if (left_s === 0) void connect();
  };
  show(total_s);
  countDown(total_s, show);
}

// Calls `show` each second with the seconds left, down to 0.
function countDown(from_s: number, show: (left_s: number) => void): void {
  let left_s = from_s;
  clearInterval(timer);
  timer = setInterval(() => {
    left_s -= 1;
    if (left_s === 0) clearInterval(timer);
    show(left_s);
  }, 1000);
}

// The last picture stays, dimmed by the style sheet, until a new one is there.
function keepPicture(canvas: HTMLCanvasElement): void {
  canvas.removeAttribute("style");
  canvas.removeAttribute("tabindex");
  pictureTaken.value = new Date();
  places?.last.replaceChildren(canvas);
}

window.addEventListener("online", () => {
  if (status.peek().state === "waiting") void connect();
});

// The desktop is opened when its page is shown for the first time.
effect(() => {
  if (shown.value === "desktop" && status.peek().state === "idle") openDesktop();
});
effect(() => screen.value?.setQuality(quality.value));
effect(() => screen.value?.setScale(scale.value));
effect(() => {
  const isMoving = isDragMoving.value && scale.value === "one";
  if (screen.value) screen.value.rfb.dragViewport = isMoving;
});
effect(() => {
  const viewOnly = isViewOnly.value || isWatcher.value;
  if (screen.value) screen.value.rfb.viewOnly = viewOnly;
});
