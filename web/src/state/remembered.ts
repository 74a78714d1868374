// Signals that this browser remembers (localStorage).

import { effect, signal, type Signal } from "@preact/signals";

const prefix = "oriel.";

function read(key: string): unknown {
  try {
    const text = localStorage.getItem(prefix + key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined; // storage is forbidden, or somebody else wrote there
  }
}

// `initial` is used when nothing is kept or `isValid` refuses what is kept.
export function remembered<T>(key: string, initial: T, isValid: (kept: unknown) => boolean): Signal<T> {
  const kept = read(key);
  const result = signal<T>(isValid(kept) ? (kept as T) : initial);
  effect(() => {
    const text = JSON.stringify(result.value);
    try {
      localStorage.setItem(prefix + key, text);
    } catch {
      // Then it is remembered until the page is closed.
    }
  });
  return result;
}

export function oneOf(...words: readonly string[]): (kept: unknown) => boolean {
  return (kept) => typeof kept === "string" && words.includes(kept);
}

export const isBoolean = (kept: unknown): boolean => typeof kept === "boolean";
