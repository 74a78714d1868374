// Which events the page asks the server for, by page and rights; what it must ask again after a gap.

import { effect } from "@preact/signals";
import { closeEvents, isStreamLive, openEvents } from "../api/events";
import { connect, status } from "../connection/connection";
import { loadDesktop } from "./control";
import { shown } from "./page";
import { hasApi, may, session, tag } from "./session";

const always = ["hello", "viewer_joined", "viewer_left", "resized", "control", "desktop", "message"];

export function startEvents(): void {
  effect(() => {
    // While the server is away, the connection's attempts tell when it is back. One that refuses the desktop is there.
    const isAway = ["connecting", "waiting", "password"].includes(status.value.state);
    const isAllowed = hasApi.value && session.value?.authenticated === true && may("view");
    if (isAway || !isAllowed) return closeEvents();
    openEvents(shown.value === "status" ? [...always, "viewers", "log"] : always, tag);
  });
  effect(() => {
    if (isStreamLive.value) void loadDesktop();
  });
  // On a page without the desktop only the stream notices that the server is gone.
  let wasLive = false;
  effect(() => {
    const isLost = wasLive && !isStreamLive.value;
    wasLive = isStreamLive.value;
    if (isLost && status.peek().state === "idle") void connect();
  });
}
