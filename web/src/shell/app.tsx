// The frame around the pages: bar, page, what floats, short words.

import { useEffect } from "preact/hooks";
import { status } from "../connection/connection";
import { StatusCard } from "../desktop/status_card";
import { DesktopPage } from "../desktop/desktop_page";
import { TouchBar } from "../desktop/touch_bar";
import { MonitorPage } from "../monitor/monitor_page";
import { StatusPage } from "../status/status_page";
import { closeFloating } from "../state/floating";
import { shown } from "../state/page";
import { Bar } from "./bar";
import { Handle, isFolded } from "./fold";
import { Notices } from "./notices";

export function App() {
  const page = shown.value;
  const { state } = status.value;
  // The card tells what stands between the user and the desktop. Other pages say themselves that the server is away, and
  // keep what they show; only who is to sign in does so there, too.
  const hasCard = page === "desktop" ? !["connected", "idle"].includes(state) : state === "password";
  useEffect(() => closeFloating(), [page]);
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the page
      </a>
      {isFolded.value ? <Handle /> : <Bar page={page} />}
      <main id="main" tabIndex={-1} class={page}>
        <DesktopPage isShown={page === "desktop"} />
        {page === "monitor" && <MonitorPage />}
        {page === "status" && <StatusPage />}
        {hasCard && <StatusCard isOverPage={page !== "desktop"} />}
      </main>
      {page === "desktop" && <TouchBar />}
      <Notices />
    </>
  );
}

// Not by the address, whose '#' names the page.
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
