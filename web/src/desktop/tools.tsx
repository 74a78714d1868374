// The desktop's tools in the bar. On narrow windows those of class "opt" are in the bar at the bottom.

import { isViewOnly, status } from "../connection/connection";
import { ToolButton } from "../parts/button";
import { fold } from "../shell/fold";
import { isMine, isSingle, isWatcher, releaseControl, takeControl } from "../state/control";
import { floating, toggleFloating } from "../state/floating";
import { orTell } from "../state/notices";
import { isBarPinned, isStatisticsShown } from "../state/preferences";
import { canFullScreen, isFullScreen, saveScreenshot, toggleFullScreen } from "./actions";
import { focusDesktop } from "./on_screen_keyboard";

export function DesktopTools() {
  const isOff = status.value.state !== "connected";
  return (
    <>
      <ViewOnlyTool isOff={isOff} />
      <ControlTool isOff={isOff} />
      <span class="sep" />
      {!isWatcher.value && (
        <>
          <ToolButton icon="clipboard" label="Clipboard" class="opt" isOpen={floating.value === "clipboard"} isDisabled={isOff} onClick={() => toggleFloating("clipboard")} />
          <ToolButton icon="keyboard" label="Keys" class="opt" isOpen={floating.value === "keys"} isDisabled={isOff} onClick={() => toggleFloating("keys")} />
        </>
      )}
      <ToolButton icon="monitor" label="Scale and quality" class="opt" isOpen={floating.value === "view"} isDisabled={isOff} onClick={() => toggleFloating("view")} />
      <span class="sep" />
      <ToolButton icon="camera" label="Screenshot" class="opt" isDisabled={isOff} onClick={() => void orTell(saveScreenshot)} />
      <ToolButton icon="activity" label="Statistics" isPressed={isStatisticsShown.value} isDisabled={isOff} onClick={() => (isStatisticsShown.value = !isStatisticsShown.value)} />
      {canFullScreen && (
        <ToolButton icon="maximize" label={isFullScreen.value ? "Leave full screen" : "Full screen"} class="opt" isPressed={isFullScreen.value} onClick={() => void orTell(toggleFullScreen)} />
      )}
      <span class="sep" />
      <ToolButton icon="pin" label="Keep the bar open" class="opt" isPressed={isBarPinned.value} onClick={() => (isBarPinned.value = !isBarPinned.value)} />
      <ToolButton icon="chevronUp" label="Fold the bar (Ctrl+Alt+Shift)" class="opt" isDisabled={isOff} onClick={foldNow} />
    </>
  );
}

function foldNow(): void {
  isBarPinned.value = false;
  fold();
  focusDesktop();
}

export function ViewOnlyTool({ isOff }: { isOff: boolean }) {
  if (isWatcher.value)
    return <ToolButton icon="eye" label="View only: this password lets you watch" class="opt" isPressed isDisabled={isOff} onClick={() => {}} />;
  return <ToolButton icon="eye" label="View only" class="opt" isPressed={isViewOnly.value} isDisabled={isOff} onClick={() => (isViewOnly.value = !isViewOnly.value)} />;
}

// Only where one viewer steers at a time.
export function ControlTool({ isOff }: { isOff: boolean }) {
  if (!isSingle.value || isWatcher.value) return null;
  return (
    <ToolButton
      icon="pointer"
      label={isMine.value ? "Release control" : "Take control"}
      class="opt"
      isPressed={isMine.value}
      isDisabled={isOff}
      onClick={() => void orTell(isMine.value ? releaseControl : takeControl)}
    />
  );
}
