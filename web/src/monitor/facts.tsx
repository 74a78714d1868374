// Figures in words, read off the last sample. Only the text that changed is touched.

import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { latest } from "./live";
import type { MonitorData } from "./documents";
import { percent } from "./units";

type Read<T> = (data: MonitorData) => T | null | undefined;

export function useFigure<T>(read: Read<T>): { readonly value: T | null } {
  return useComputed(() => (latest.value ? (read(latest.value) ?? null) : null));
}

// A line of name and value; none where the host does not have it.
export function Fact({ name, words }: { name: string; words: Read<string> }) {
  const text = useComputed(() => (latest.value ? words(latest.value) : null) ?? "");
  const isThere = useComputed(() => text.value !== "");
  if (!isThere.value) return null;
  return (
    <div>
      <dt title={name}>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

const high_percent = 80;
const critical_percent = 90;

// A line with a bar below it. `share` is in percent.
export function Meter({ name, note, share, words }: { name: string; note?: string; share: Read<number>; words: Read<string> }) {
  const text = useComputed(() => (latest.value ? words(latest.value) : null) ?? "");
  const value = useComputed(() => Math.round(((latest.value ? share(latest.value) : 0) ?? 0) * 10) / 10);
  const kind = useComputed(() => (value.value >= critical_percent ? "crit" : value.value >= high_percent ? "warn" : ""));
  const label = useComputed(() => `${name}: ${percent(value.value)}`);
  return (
    <div class="meter">
      <dt title={name}>
        {name}
        {note && <small> {note}</small>}
      </dt>
      <dd>
        <span>{text}</span>
        <progress class={`progress ${kind.value}`} max={100} value={value} aria-label={label} />
      </dd>
    </div>
  );
}

// The words of a figure that may be missing.
export function optional(value: number | null | undefined, words: (value: number) => string): string | null {
  return typeof value === "number" ? words(value) : null;
}

export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Card({ title, note, isWide = false, children }: { title: string; note?: string | undefined; isWide?: boolean; children: ComponentChildren }) {
  return (
    <section class={`panel card-of-host ${isWide ? "wide" : ""}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {note && (
          <span class="caption one-line" title={note}>
            {note}
          </span>
        )}
      </header>
      {children}
    </section>
  );
}
