// The style sheet's colours as a canvas wants them: resolved for light or dark.

import { effect, signal } from "@preact/signals";
import { theme } from "../state/preferences";

export const lineColours = ["accent", "text-3", "series-3", "series-4", "series-5", "series-6"] as const;
export type Colour = (typeof lineColours)[number] | "warn-fill" | "crit" | "line" | "surface";

const isDark = window.matchMedia("(prefers-color-scheme: dark)");
const known = new Map<Colour, string>();

// Counts up when colours change: canvases are to be drawn again.
export const paletteVersion = signal(0);

function forget(): void {
  known.clear();
  paletteVersion.value = paletteVersion.peek() + 1;
}

isDark.addEventListener("change", forget);
effect(() => {
  theme.value;
  queueMicrotask(forget); // when the page has set the attribute that the style sheet looks at
});

export function colour(name: Colour): string {
  let value = known.get(name);
  if (value === undefined) {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    value = getComputedStyle(probe).color;
    probe.remove();
    known.set(name, value);
  }
  return value;
}

// "rgb(1, 2, 3)" with an opacity from 0 to 1.
export function withOpacity(rgb: string, opacity: number): string {
  return rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${opacity})`);
}
