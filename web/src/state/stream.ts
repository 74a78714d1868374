// Which events the page asks the server for, by page and rights; what it must ask again after a gap.

import { effect } from "@preact/signals";
import { closeEvents, isStreamLive, openEvents } from "../api/events";
import { status } from "../connection/connection";
import { loadDesktop } from "./control";
import { asked } from "./route";
import { hasApi, may, session, tag } from "./session";

const always = ["hello", "viewer_joined", "viewer_left", "resized", "control", "desktop", "message"];

export function startEvents(): void {
  effect(() => {
    // While the server is away, the connection's attempts tell when it is back.
    const isAway = !["idle", "connected", "sent_away"].includes(status.value.state);
    const isAllowed = hasApi.value && session.value?.authenticated === true && may("view");
    if (isAway || !isAllowed) return closeEvents();
    openEvents(asked.value === "status" && may("admin") ? [...always, "viewers", "log"] : always, tag);
  });
  effect(() => {
    if (isStreamLive.value) void loadDesktop();
  });
}
