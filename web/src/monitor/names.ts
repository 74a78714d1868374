// What there is of something on a host (disks, interfaces, sensors), as hooks that only change when
// one comes or goes.

import { useComputed, type ReadonlySignal } from "@preact/signals";
import type { MonitorData } from "./documents";
import { latest } from "./live";
import { lineColours } from "./palette";
import type { Line } from "./plots";

export function useNames(read: (data: MonitorData) => Record<string, unknown> | undefined): readonly string[] {
  const joined = useComputed(() => Object.keys((latest.value && read(latest.value)) ?? {}).join("\0"));
  return joined.value === "" ? [] : joined.value.split("\0");
}

// Whether the host has any of it.
export function useHas(read: (data: MonitorData) => unknown): ReadonlySignal<boolean> {
  return useComputed(() => {
    const value = latest.value && read(latest.value);
    return value !== undefined && value !== null && (typeof value !== "object" || Object.keys(value).length > 0);
  });
}

// So many can be told apart in one chart.
export const lines_max = lineColours.length;

export function linesOf(names: readonly string[], prefix: string): Line[] {
  return names.slice(0, lines_max).map((name, i) => ({ name, column: `${prefix}.${name}`, colour: lineColours[i]!, isDashed: i % 2 === 1 }));
}
