// The desktop, edge to edge: the picture, the field that takes the keys, and what floats above them.

import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { screen, start, status } from "../connection/connection";
import { TextInput } from "../connection/text_input";
import { desktopTrouble } from "../state/control";
import { floating } from "../state/floating";
import { isStatisticsShown } from "../state/preferences";
import { hostName } from "../state/session";
import { ClipboardPanel } from "./clipboard_panel";
import { ControlNotice } from "./control_notice";
import { KeysPanel } from "./keys_panel";
import { setTextInput } from "./on_screen_keyboard";
import { StatisticsOverlay } from "./statistics_overlay";
import { ViewMenu } from "./view_menu";
import { MoreMenu } from "./touch_bar";

const help = "Keys go to the desktop. Press Ctrl, Alt and Shift together to reach the bar.";

export function DesktopPage({ isShown }: { isShown: boolean }) {
  const isLive = status.value.state === "connected";
  const open = isShown ? floating.value : null;
  return (
    <div class={`desktop-page ${isShown ? "" : "away"}`} aria-hidden={!isShown}>
      <Picture />
      {isShown && (
        <>
          {isLive && isStatisticsShown.value && <StatisticsOverlay />}
          {isLive && <ControlNotice />}
          {isLive && desktopTrouble.value && <Trouble />}
          {isLive && open === "clipboard" && <ClipboardPanel />}
          {isLive && open === "keys" && <KeysPanel />}
          {open === "view" && <ViewMenu />}
          {open === "more" && <MoreMenu />}
        </>
      )}
    </div>
  );
}

// noVNC puts its elements in here; nothing of it is rendered again.
function Picture() {
  const box = useRef<HTMLDivElement>(null);
  const last = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!box.current || !last.current || !field.current) return;
    const input = new TextInput(field.current, {
      type: (text) => screen.peek()?.type(text),
      deleteBack: (count) => screen.peek()?.deleteBack(count),
    });
    setTextInput(input);
    const focus = (): void => input.focus();
    box.current.addEventListener("mousedown", focus, true);
    box.current.addEventListener("touchstart", focus, { capture: true, passive: true });
    field.current.addEventListener("blur", () => screen.peek()?.releaseKeys());
    start({ box: box.current, last: last.current, field: field.current });
    return effect(() => {
      const isLive = status.value.state === "connected";
      input.field.disabled = !isLive;
      if (isLive) focusIfNowhere(input);
    });
  }, []);
  return (
    <>
      <div id="last-picture" ref={last} aria-hidden="true" />
      <div id="screen" ref={box} role="img" aria-label={`Picture of the desktop ${hostName.value}`} />
      <div class="keys">
        <textarea
          ref={field}
          class="keys-field"
          aria-label={`Desktop ${hostName.value}`}
          aria-description={help}
          autocomplete="off"
          autocapitalize="off"
          autocorrect="off"
          spellcheck={false}
          inputMode={matchMedia("(pointer: coarse)").matches ? "none" : "text"}
        />
      </div>
    </>
  );
}

// The card with the words took the focus with it when it went.
function focusIfNowhere(input: TextInput): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body || document.activeElement === null) input.focus();
  });
}

function Trouble() {
  return (
    <div class="float-notice top" role="status">
      <span class="dot warn" />
      <p>{desktopTrouble.value}</p>
    </div>
  );
}
