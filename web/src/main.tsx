// The page at "/": the shell with its pages, on noVNC's core for the desktop.

import { effect } from "@preact/signals";
import { render } from "preact";
import { screen, status } from "./connection/connection";
import { theme } from "./state/preferences";
import { shown } from "./state/page";
import { desktopName } from "./state/session";
import { monitorInside, startMonitor } from "./monitor/live";
import { startEvents } from "./state/stream";
import { watchModality } from "./shell/modality";
import { App } from "./shell/app";
import type RFB from "@novnc/novnc";

declare global {
  interface Window {
    // For tests and the browser's console: noVNC's object of the present connection, and what the page is doing.
    oriel: { readonly rfb: RFB | null; readonly state: string; readonly monitor: typeof monitorInside };
  }
}

window.oriel = {
  get rfb() {
    return screen.peek()?.rfb ?? null;
  },
  get state() {
    return status.peek().state;
  },
  monitor: monitorInside,
};

effect(() => {
  document.documentElement.dataset["state"] = status.value.state;
});
effect(() => {
  document.documentElement.dataset["page"] = shown.value;
});
effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme.value;
});
effect(() => {
  document.title = desktopName.value || "Oriel";
});

startEvents();
startMonitor();
watchModality();
render(<App />, document.getElementById("app") as HTMLElement);
