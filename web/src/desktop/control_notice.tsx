// Says that somebody else steers the desktop, with one button to take over.

import { isViewOnly } from "../connection/connection";
import { Button } from "../parts/button";
import { Icon } from "../parts/icon";
import { control, isSomebodyElses, isWatcher, takeControl } from "../state/control";
import { orTell } from "../state/notices";

export function ControlNotice() {
  if (!isSomebodyElses.value) return null;
  const who = control.value?.owner_peer ?? "Another viewer";
  return (
    <div class="float-notice bottom" role="status">
      <Icon name="eye" />
      <p>
        <b>{who}</b> has control. You are watching.
      </p>
      {!isWatcher.value && !isViewOnly.value && (
        <Button kind="primary" icon="pointer" onClick={() => void orTell(takeControl)}>
          Take control
        </Button>
      )}
    </div>
  );
}
