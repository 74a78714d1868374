// The invisible text field that has the focus while the user works on the desktop. Plain keys go on to
// noVNC's keyboard, which listens on this field. What only a text field can make of keys - dead keys,
// compositions of an input method, words of an on-screen keyboard - arrives here as text.

import { textDiff } from "./text_diff";

export interface TextSink {
  type(text: string): void;
  deleteBack(count: number): void;
}

// On-screen keyboards say nothing about Backspace in an empty field, so it always holds something.
const padding = "_".repeat(16);

export class TextInput {
  // Written to as an on-screen keyboard is: what it composes is shown at once and corrected later,
  // because it composes whole words. A composition of other keyboards is sent when it is finished.
  private isOnScreenKeyboard = false;
  private isComposing = false;
  private afterDeadKey = false;
  private sent = "";

  // `field` must be in the page; `sink` gets the text.
  constructor(readonly field: HTMLTextAreaElement, private readonly sink: TextSink) {
    // On the parent, while the event comes down: before noVNC's listeners on the field itself.
    const parent = field.parentElement as HTMLElement;
    parent.addEventListener("keydown", (event) => this.keyDown(event), true);
    field.addEventListener("compositionstart", () => (this.isComposing = true));
    field.addEventListener("compositionend", () => this.compositionEnd());
    field.addEventListener("input", (event) => this.input(event as InputEvent));
    field.addEventListener("blur", () => this.reset());
    this.reset();
  }

  focus(): void {
    this.field.focus({ preventScroll: true });
  }

  // `inputMode` "none" keeps the on-screen keyboard of a touch screen away.
  showOnScreenKeyboard(isShown: boolean): void {
    this.isOnScreenKeyboard = isShown;
    this.field.inputMode = isShown ? "text" : "none";
    this.field.blur();
    this.reset();
    this.focus();
  }

  // Keeps from noVNC what belongs to the field; noVNC would cancel it.
  private keyDown(event: KeyboardEvent): void {
    if (event.target !== this.field) return;
    if (event.key === "Dead") {
      this.afterDeadKey = true;
    } else if (this.afterDeadKey && !isCharacter(event) && !isModifier(event) && !event.isComposing) {
      this.afterDeadKey = false; // such as Escape: the accent is given up
    }
    const isMadeByInputMethod = event.isComposing || this.isComposing || event.keyCode === 229 || event.key === "Process";
    const isAccented = this.afterDeadKey && !isModifier(event);
    if (isMadeByInputMethod || isAccented) event.stopPropagation();
  }

  private input(event: InputEvent): void {
    if (this.isComposing && !this.isOnScreenKeyboard) return;
    this.send();
    if (!event.isComposing && !this.isComposing) this.reset();
  }

  private compositionEnd(): void {
    this.isComposing = false;
    // Some browsers fire the last input event before this one, others after it.
    this.send();
    this.reset();
  }

  private send(): void {
    const { deletions, text } = textDiff(this.sent, this.field.value);
    this.sent = this.field.value;
    if (deletions > 0) this.sink.deleteBack(deletions);
    if (text) this.sink.type(text);
  }

  private reset(): void {
    this.isComposing = false;
    this.afterDeadKey = false;
    this.field.value = padding;
    this.sent = padding;
    this.field.setSelectionRange(padding.length, padding.length);
  }
}

function isCharacter(event: KeyboardEvent): boolean {
  return [...event.key].length === 1 || event.key === "Dead" || event.key === "Process";
}

function isModifier(event: KeyboardEvent): boolean {
  return ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock"].includes(event.key);
}
