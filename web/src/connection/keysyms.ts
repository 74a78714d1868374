// Keysyms (X11 keysymdef.h) of the keys that the page sends itself, and of characters.

export interface Key {
  label: string;
  keysym: number;
  code: string; // KeyboardEvent.code of a keyboard that has it
}

const key = (label: string, keysym: number, code: string): Key => ({ label, keysym, code });

export const keys = {
  backspace: key("Backspace", 0xff08, "Backspace"),
  tab: key("Tab", 0xff09, "Tab"),
  enter: key("Enter", 0xff0d, "Enter"),
  escape: key("Esc", 0xff1b, "Escape"),
  del: key("Del", 0xffff, "Delete"),
  print: key("Print", 0xff61, "PrintScreen"),
  menu: key("Menu", 0xff67, "ContextMenu"),
  control: key("Ctrl", 0xffe3, "ControlLeft"),
  shift: key("Shift", 0xffe1, "ShiftLeft"),
  alt: key("Alt", 0xffe9, "AltLeft"),
  altGr: key("AltGr", 0xfe03, "AltRight"),
  super: key("Super", 0xffeb, "MetaLeft"),
  t: key("T", 0x74, "KeyT"),
  f4: key("F4", 0xffc1, "F4"),
} as const;

export const functionKeys: readonly Key[] = Array.from({ length: 12 }, (_, i) => key(`F${i + 1}`, 0xffbe + i, `F${i + 1}`));

// The keysym of a character: Latin-1 is its own, the rest is Unicode's number plus 0x01000000.
export function keysymOfCharacter(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point === 0x0a || point === 0x0d) return keys.enter.keysym;
  if (point === 0x09) return keys.tab.keysym;
  const isLatin1 = (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff);
  return isLatin1 ? point : 0x01000000 + point;
}

// The named keys of KeyboardEvent.key that a combination may end with.
const named: Readonly<Record<string, number>> = {
  ArrowDown: 0xff54,
  ArrowLeft: 0xff51,
  ArrowRight: 0xff53,
  ArrowUp: 0xff52,
  Backspace: 0xff08,
  Delete: 0xffff,
  End: 0xff57,
  Enter: 0xff0d,
  Escape: 0xff1b,
  Home: 0xff50,
  Insert: 0xff63,
  PageDown: 0xff56,
  PageUp: 0xff55,
  Tab: 0xff09,
  ...Object.fromEntries(functionKeys.map(({ label, keysym }) => [label, keysym])),
};

// The key of a key press that is not a modifier, or null.
export function keyOfEvent(event: KeyboardEvent): Key | null {
  const isCharacter = [...event.key].length === 1;
  const keysym = isCharacter ? keysymOfCharacter(event.key.toLowerCase()) : named[event.key];
  if (keysym === undefined) return null;
  const label = event.key === " " ? "Space" : isCharacter ? event.key.toUpperCase() : event.key;
  return { label, keysym, code: event.code };
}
