// Keys that the browser or the system keeps for itself, keys to hold down, and any combination.

import { signal } from "@preact/signals";
import { isViewOnly, screen } from "../connection/connection";
import { functionKeys, keyOfEvent, keys, type Key } from "../connection/keysyms";
import { Button } from "../parts/button";
import { Drawer } from "../parts/drawer";
import { effect } from "@preact/signals";

const { control, shift, alt, altGr, escape, tab, del, print, menu, t, f4 } = keys;

const combinations: readonly { words: string; keys: readonly Key[] }[] = [
  { words: "Ctrl Alt Del", keys: [control, alt, del] },
  { words: "Alt Tab", keys: [alt, tab] },
  { words: "Super", keys: [keys.super] },
  { words: "Esc", keys: [escape] },
  { words: "Print", keys: [print] },
  { words: "Ctrl Shift Esc", keys: [control, shift, escape] },
  { words: "Menu", keys: [menu] },
  { words: "Alt F4", keys: [alt, f4] },
  { words: "Ctrl Alt T", keys: [control, alt, t] },
];

const holdable: readonly Key[] = [control, shift, alt, altGr, keys.super];

const held = signal<ReadonlySet<Key>>(new Set());
const combination = signal<readonly Key[]>([]);

// A new connection knows nothing of keys that were held on the one before.
effect(() => {
  void screen.value;
  held.value = new Set();
});

function toggleHeld(key: Key): void {
  const now = new Set(held.value);
  if (!now.delete(key)) now.add(key);
  screen.peek()?.hold(key, now.has(key));
  held.value = now;
}

function releaseAll(): void {
  for (const key of held.value) screen.peek()?.hold(key, false);
  held.value = new Set();
}

export function KeysPanel() {
  return (
    <Drawer title="Keys">
      {isViewOnly.value && (
        <section>
          <p>You are only viewing. Switch View only off to send keys.</p>
        </section>
      )}
      {!window.isSecureContext && (
        <section>
          <p>
            The browser keeps some keys to itself here, also in full screen, because the page did not come over HTTPS. Send them
            from this panel, or open the page by https.
          </p>
        </section>
      )}
      <section>
        <h3>Send</h3>
        <div class="key-grid three">
          {combinations.map(({ words, keys: all }) => (
            <KeyButton key={words} onClick={() => screen.peek()?.press(...all)}>
              {words}
            </KeyButton>
          ))}
        </div>
      </section>
      <section>
        <div class="row">
          <h3 class="grow">Hold</h3>
          <Button size="small" isDisabled={held.value.size === 0} onClick={releaseAll}>
            Release all
          </Button>
        </div>
        <div class="key-grid five">
          {holdable.map((key) => (
            <KeyButton key={key.label} isPressed={held.value.has(key)} onClick={() => toggleHeld(key)}>
              {key.label}
            </KeyButton>
          ))}
        </div>
        <p class="caption">Held keys stay down on the desktop until you press them again.</p>
      </section>
      <Combination />
      <section>
        <h3>Function keys</h3>
        <div class="key-grid six">
          {functionKeys.map((key) => (
            <KeyButton key={key.label} onClick={() => screen.peek()?.press(key)}>
              {key.label}
            </KeyButton>
          ))}
        </div>
      </section>
    </Drawer>
  );
}

function KeyButton({ isPressed, onClick, children }: { isPressed?: boolean; onClick: () => void; children: string }) {
  return (
    <button type="button" class="key" aria-pressed={isPressed} disabled={isViewOnly.value} onClick={onClick}>
      {children}
    </button>
  );
}

// Shows the combination that is pressed in the field; Tab without a modifier leaves the field.
function Combination() {
  const all = combination.value;
  return (
    <section>
      <h3 id="combination-title">Any combination</h3>
      <div class="row">
        <div class="field-box grow">
          {all.map(({ label }) => (
            <kbd key={label}>{label}</kbd>
          ))}
          <input aria-labelledby="combination-title" placeholder="press keys" value="" readOnly onKeyDown={takeCombination} />
        </div>
        <Button kind="primary" isDisabled={all.length === 0 || isViewOnly.value} onClick={() => screen.peek()?.press(...all)}>
          Send
        </Button>
      </div>
    </section>
  );
}

function takeCombination(event: KeyboardEvent): void {
  const modifiers = [
    event.ctrlKey && control,
    event.altKey && alt,
    event.shiftKey && shift,
    event.metaKey && keys.super,
  ].filter((key) => key !== false);
  const isLeaving = (event.key === "Tab" || event.key === "Escape") && modifiers.every((key) => key === shift);
  if (isLeaving) return;
  event.preventDefault();
  const last = keyOfEvent(event);
  combination.value = last ? [...modifiers, last] : modifiers;
}
