// A field that narrows a list by typing.

import type { Signal } from "@preact/signals";
import { Icon } from "./icon";

export function FilterField({ label, words }: { label: string; words: Signal<string> }) {
  return (
    <label class="field-box small">
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={words.value}
        onInput={(event) => (words.value = event.currentTarget.value)}
      />
    </label>
  );
}

// Whether all words typed are somewhere in `texts`, in any case.
export function matches(typed: string, ...texts: readonly string[]): boolean {
  const text = texts.join(" ").toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
