// The bar folds to a handle when it is not used, so that the desktop has the whole window; it opens by
// touching the top edge, by the handle, or with Ctrl+Alt+Shift.

import { computed, effect, signal } from "@preact/signals";
import { status } from "../connection/connection";
import { floating } from "../state/floating";
import { isBarFolded, isBarPinned } from "../state/preferences";
import { shown } from "../state/page";
import { hostName } from "../state/session";
import { Icon } from "../parts/icon";
import { StateDot } from "./state_dot";

const unused_ms = 3000;
const edgeRest_ms = 250; // a pointer that only passes the top edge opens nothing
const narrow = window.matchMedia("(max-width: 860px)"); // there the tools are at the bottom

const isNarrow = signal(narrow.matches);
narrow.addEventListener("change", () => (isNarrow.value = narrow.matches));

const isPointerOnBar = signal(false);
const isFocusInBar = signal(false);
const isPointerDown = signal(false);

// There is a live desktop that wants the space.
const canFold = computed(() => shown.value === "desktop" && status.value.state === "connected" && !isNarrow.value);

export const isFolded = computed(() => canFold.value && isBarFolded.value);

const isInUse = computed(
  () => isBarPinned.value || floating.value !== null || isPointerOnBar.value || isFocusInBar.value || isPointerDown.value,
);

effect(() => {
  if (!canFold.value || isBarFolded.value || isInUse.value) return;
  const timer = setTimeout(fold, unused_ms);
  return () => clearTimeout(timer);
});

export function fold(): void {
  isBarFolded.value = true;
  isPointerOnBar.value = false;
  isFocusInBar.value = false;
}

export function unfold(): void {
  isBarFolded.value = false;
}

export const barWatchers = {
  onPointerEnter: () => void (isPointerOnBar.value = true),
  onPointerLeave: () => void (isPointerOnBar.value = false),
  onFocusIn: () => void (isFocusInBar.value = true),
  onFocusOut: () => void (isFocusInBar.value = false),
};

// A drag on the desktop must not have the picture move under it.
window.addEventListener("pointerdown", () => (isPointerDown.value = true), true);
for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, () => (isPointerDown.value = false), true);

let edgeTimer: ReturnType<typeof setTimeout> | undefined;
window.addEventListener(
  "pointermove",
  ({ clientY, buttons, pointerType }) => {
    clearTimeout(edgeTimer);
    if (clientY > 0 || buttons !== 0 || pointerType === "touch" || !isFolded.peek()) return;
    edgeTimer = setTimeout(unfold, edgeRest_ms);
  },
  true,
);

// Ctrl+Alt+Shift, pressed and let go with no other key: open and enter the bar, or fold it and go back.
// With another key it is a combination for the desktop.
let isChord = false;
window.addEventListener(
  "keydown",
  (event) => {
    const isModifier = ["Control", "Alt", "Shift"].includes(event.key);
    isChord = isModifier && event.ctrlKey && event.altKey && event.shiftKey;
  },
  true,
);
window.addEventListener(
  "keyup",
  () => {
    if (!isChord) return;
    isChord = false;
    if (document.activeElement?.closest(".bar")) {
      document.querySelector<HTMLElement>(".keys-field")?.focus();
      if (canFold.value) fold();
      return;
    }
    unfold();
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".tools button:not(:disabled), .bar a")?.focus());
  },
  true,
);

export function Handle() {
  return (
    <button type="button" class="handle" aria-label={`Open the bar of ${hostName.value}`} aria-expanded="false" onClick={unfold}>
      <span class="handle-words">
        <StateDot />
        {hostName.value}
        <Icon name="chevronDown" class="small" />
      </span>
    </button>
  );
}
