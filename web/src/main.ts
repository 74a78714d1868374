// The page at "/": noVNC's core on the whole window, connected to "websockify" beside the page, and
// words in the middle whenever there is no live picture. It connects again by itself.

import RFB from "@novnc/novnc";
import { Panel } from "./panel";
import { retryDelay } from "./retry_delay";

// connecting: a connection is being made.         connected: the picture is live.
// waiting:    lost; the next attempt is timed.    password:  the server wants what the page cannot ask yet.
// refused:    the server said no; only the user tries again.
export type State = "connecting" | "connected" | "waiting" | "password" | "refused";

declare global {
  interface Window {
    // For tests and the browser's console: the connection of the moment, and what the page is doing.
    oriel: { rfb: RFB | null; state: State };
  }
}

const host = location.host;
const panel = new Panel();
const screenBox = document.getElementById("screen") as HTMLElement;
const lastPicture = document.getElementById("last-picture") as HTMLElement;

window.oriel = { rfb: null, state: "connecting" };

let attempt = 0; // failed attempts since the last live picture
let retryTimer: ReturnType<typeof setInterval> | undefined;

function websocketUrl(): URL {
  const url = new URL("websockify", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.search = "";
  url.hash = "";
  return url;
}

function setState(state: State): void {
  window.oriel.state = state;
  document.documentElement.dataset["state"] = state;
}

function connect(): void {
  clearInterval(retryTimer);
  setState("connecting");
  panel.show({ title: `Connecting to ${host}…` });

  // The page makes the socket itself, because noVNC does not tell how the server closed it.
  const socket = new WebSocket(websocketUrl());
  let closed: CloseEvent | undefined;
  socket.addEventListener("close", (event) => (closed = event));

  const rfb = new RFB(screenBox, socket);
  window.oriel.rfb = rfb;
  rfb.scaleViewport = true;
  rfb.resizeSession = false;
  rfb.showDotCursor = true;
  rfb.background = "var(--canvas)";
  const canvas = screenBox.querySelector("canvas");
  let wasLive = false;

  rfb.addEventListener("desktopname", ({ detail }) => {
    document.title = detail.name || "Oriel";
    canvas?.setAttribute("aria-label", `Desktop ${detail.name}`);
  });

  rfb.addEventListener("connect", () => {
    wasLive = true;
    attempt = 0;
    setState("connected");
    panel.hide();
    lastPicture.replaceChildren();
    canvas?.setAttribute("role", "application");
    rfb.focus({ preventScroll: true });
  });

  rfb.addEventListener("credentialsrequired", () => {
    setState("password");
    rfb.disconnect();
    panel.show({
      title: "This server asks for a password",
      detail: "Please use a VNC viewer until this page can ask for it.",
      action: { label: "Try again", run: connect },
    });
  });

  rfb.addEventListener("securityfailure", ({ detail }) => {
    setState("refused");
    panel.show({
      title: `${host} refused the connection`,
      detail: detail.reason ?? `The server gave no reason (status ${detail.status}).`,
      action: { label: "Try again", run: connect },
    });
  });

  rfb.addEventListener("disconnect", () => {
    if (window.oriel.rfb !== rfb) return;
    window.oriel.rfb = null;
    if (window.oriel.state === "password" || window.oriel.state === "refused") return;
    if (wasLive && canvas) keepPicture(canvas);
    waitAndRetry(whyClosed(wasLive, closed), closed?.reason ?? "");
  });
}

// 1000 and 1001 are a server that says goodbye; anything else is a line that broke.
function whyClosed(wasLive: boolean, closed: CloseEvent | undefined): string {
  if (closed?.code === 1000 || closed?.code === 1001) return "The server was stopped.";
  return wasLive ? "The connection was lost." : `${host} does not answer.`;
}

function waitAndRetry(title: string, detail: string): void {
  attempt += 1;
  let left_s = retryDelay(attempt);
  setState("waiting");
  panel.show({ title, detail, action: { label: "Try now", run: connect } });
  const tick = (): void => {
    if (left_s === 0) return connect();
    panel.setCountdown(`Trying again in ${left_s} s.`);
    left_s -= 1;
  };
  clearInterval(retryTimer);
  retryTimer = setInterval(tick, 1000);
  tick();
}

// The last picture stays, dimmed by the style sheet, until a new one is there.
function keepPicture(canvas: HTMLCanvasElement): void {
  canvas.removeAttribute("style");
  canvas.removeAttribute("tabindex");
  lastPicture.replaceChildren(canvas);
}

window.addEventListener("online", () => {
  if (window.oriel.state === "waiting") connect();
});

connect();
