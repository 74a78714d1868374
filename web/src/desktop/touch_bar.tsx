// The desktop's tools at the bottom of a narrow window, with their words.

import { isDragMoving, isViewOnly, status } from "../connection/connection";
import { Icon, type IconName } from "../parts/icon";
import { Menu, MenuItem } from "../parts/menu";
import { isMine, isSingle, isWatcher, releaseControl, takeControl } from "../state/control";
import { closeFloating, floating, toggleFloating } from "../state/floating";
import { orTell } from "../state/notices";
import { scale } from "../state/preferences";
import { session, signOut } from "../state/session";
import { connect } from "../connection/connection";
import { canFullScreen, isFullScreen, saveScreenshot, toggleFullScreen } from "./actions";
import { isOnScreenKeyboardShown, toggleOnScreenKeyboard } from "./on_screen_keyboard";

interface Props {
  icon: IconName;
  words: string;
  isPressed?: boolean;
  isOpen?: boolean;
  isDisabled?: boolean;
  onClick: () => void;
}

function Tool({ icon, words, isPressed, isOpen, isDisabled = false, onClick }: Props) {
  return (
    <button type="button" aria-pressed={isPressed} aria-expanded={isOpen} disabled={isDisabled} onClick={onClick}>
      <Icon name={icon} />
      {words}
    </button>
  );
}

export function TouchBar() {
  const isOff = status.value.state !== "connected";
  const isUseless = isOff || isWatcher.value;
  return (
    <nav class="touch-bar" aria-label="Desktop tools">
      <FirstTool isOff={isOff} />
      <Tool icon="keyboard" words="Keyboard" isPressed={isOnScreenKeyboardShown.value} isDisabled={isUseless} onClick={toggleOnScreenKeyboard} />
      <Tool icon="command" words="Keys" isOpen={floating.value === "keys"} isDisabled={isUseless} onClick={() => toggleFloating("keys")} />
      <Tool icon="clipboard" words="Clipboard" isOpen={floating.value === "clipboard"} isDisabled={isUseless} onClick={() => toggleFloating("clipboard")} />
      <Tool icon="monitor" words="Scale" isOpen={floating.value === "view"} isDisabled={isOff} onClick={() => toggleFloating("view")} />
      <Tool icon="ellipsis" words="More" isOpen={floating.value === "more"} onClick={() => toggleFloating("more")} />
    </nav>
  );
}

function FirstTool({ isOff }: { isOff: boolean }) {
  if (isSingle.value && !isWatcher.value)
    return <Tool icon="pointer" words={isMine.value ? "Release" : "Control"} isPressed={isMine.value} isDisabled={isOff} onClick={() => void orTell(isMine.value ? releaseControl : takeControl)} />;
  const isOnlyViewing = isWatcher.value || isViewOnly.value;
  return <Tool icon="eye" words="View only" isPressed={isOnlyViewing} isDisabled={isOff || isWatcher.value} onClick={() => (isViewOnly.value = !isViewOnly.value)} />;
}

export function MoreMenu() {
  const isOff = status.value.state !== "connected";
  const then = (action: () => Promise<unknown>) => () => {
    closeFloating();
    void orTell(action);
  };
  return (
    <Menu label="More" class="more-menu">
      <MenuItem icon="camera" isDisabled={isOff} onClick={then(saveScreenshot)}>
        Screenshot
      </MenuItem>
      {isSingle.value && !isWatcher.value && (
        <MenuItem icon="eye" isDisabled={isOff} hint={isViewOnly.value ? "on" : "off"} onClick={then(async () => (isViewOnly.value = !isViewOnly.value))}>
          View only
        </MenuItem>
      )}
      {scale.value === "one" && (
        <MenuItem icon="move" isDisabled={isOff} hint={isDragMoving.value ? "on" : "off"} onClick={then(async () => (isDragMoving.value = !isDragMoving.value))}>
          A drag moves the picture
        </MenuItem>
      )}
      {canFullScreen && (
        <MenuItem icon="maximize" onClick={then(toggleFullScreen)}>
          {isFullScreen.value ? "Leave full screen" : "Full screen"}
        </MenuItem>
      )}
      {session.value?.password_required && session.value.authenticated && (
        <MenuItem icon="logOut" onClick={then(async () => signOut().then(connect))}>
          Sign out
        </MenuItem>
      )}
    </Menu>
  );
}
