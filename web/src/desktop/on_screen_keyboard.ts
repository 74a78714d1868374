// The keyboard of a touch screen, shown and hidden by a button.

import { signal } from "@preact/signals";
import type { TextInput } from "../connection/text_input";

export const isOnScreenKeyboardShown = signal(false);

let input: TextInput | null = null;

export function setTextInput(made: TextInput): void {
  input = made;
}

export function toggleOnScreenKeyboard(): void {
  isOnScreenKeyboardShown.value = !isOnScreenKeyboardShown.value;
  input?.showOnScreenKeyboard(isOnScreenKeyboardShown.value);
}

export function focusDesktop(): void {
  input?.focus();
}
