// Processor, memory, load and pressure.

import { useComputed } from "@preact/signals";
import { Chart } from "./chart";
import { coreNumber, partsOf } from "./columns";
import { coreMapPainter } from "./core_map";
import { usedMemory } from "./documents";
import { Card, Fact, Facts, Meter, useFigure } from "./facts";
import { latest, moment_s, store } from "./live";
import type { Line } from "./plots";
import { nearestIndex } from "./store";
import { celsius, load, percent, roundUp, size } from "./units";

const hundred = (): number => 100;

const parts: readonly (Line & { figure: "user_percent" | "system_percent" | "iowait_percent" | "steal_percent" })[] = [
  { figure: "user_percent", name: "user", column: "cpu.user", colour: "series-3" },
  { figure: "system_percent", name: "system", column: "cpu.system", colour: "text-3" },
  { figure: "iowait_percent", name: "I/O wait", column: "cpu.iowait", colour: "series-5", isDashed: true },
  { figure: "steal_percent", name: "steal", column: "cpu.steal", colour: "series-4", isDashed: true },
];

export function ProcessorCard() {
  const there = useComputed(() => {
    const known = latest.value ? partsOf(latest.value) : {};
    const lines = parts.filter(({ figure }) => known[figure] !== undefined);
    return lines.map(({ column }) => column).join();
  });
  const hasHost = useFigure((data) => data.host?.processor !== undefined);
  const note = useFigure(({ processor }) => processor && about(processor));
  // Inside a limit only the whole host tells user from system.
  const lines: Line[] = [
    { name: hasHost.value ? "of the limit" : "total", column: "cpu.total", colour: "accent", isFilled: true },
    ...parts.filter(({ column }) => there.value.split(",").includes(column)).map((line) => (hasHost.value ? { ...line, name: `host's ${line.name}` } : line)),
  ];
  if (hasHost.value) lines.push({ name: "whole host", column: "host.cpu", colour: "series-6" });
  return (
    <Card title="CPU" note={note.value ?? ""} isWide>
      <Chart key={lines.map(({ column }) => column).join()} spec={{ title: "CPU", lines, words: percent, top: hundred }} />
      <CoreMap />
    </Card>
  );
}

function about({ model, core_count: cores, logical_count: logical, frequency_mhz: mhz, temperature }: NonNullable<NonNullable<typeof latest.value>["processor"]>): string {
  return [
    model,
    cores && logical !== cores ? `${cores} cores, ${logical} threads` : logical && `${logical} ${logical === 1 ? "core" : "cores"}`,
    mhz && `${(mhz / 1000).toFixed(2)} GHz`,
    temperature !== undefined && celsius(temperature),
  ]
    .filter(Boolean)
    .join(" · ");
}

const rowHeight_px = 8;
const mapHeight_min_px = 24;
const mapHeight_max_px = 160;
const mapFrame_px = 28; // its padding and the labels of time

function CoreMap() {
  const numbers = useComputed(() => {
    const processor = latest.value?.processor;
    return (processor?.per_core_usage ?? []).map((_, i) => coreNumber(processor ?? {}, i)).join();
  });
  if (numbers.value === "") return null;
  const cores = numbers.value.split(",");
  const columns = cores.map((number) => `core.${number}`);
  const words = (): string => {
    const at = nearestIndex(store.times, moment_s.peek());
    const shares = columns.map((column) => store.values(column)[at] ?? Number.NaN);
    const busiest = shares.reduce((best, share, i) => (share > (shares[best] ?? 0) ? i : best), 0);
    const share = shares[busiest] ?? Number.NaN;
    return Number.isNaN(share) ? "Cores: nothing known" : `Cores: ${cores[busiest]} is the busiest with ${percent(share)}`;
  };
  const spec = {
    title: "Cores",
    lines: [],
    words: percent,
    top: hundred,
    paint: coreMapPainter(columns),
    ends: [`core ${cores.at(-1)}`, `core ${cores[0]}`] as const,
    height: mapFrame_px + Math.min(mapHeight_max_px, Math.max(mapHeight_min_px, cores.length * rowHeight_px)),
  };
  return <Chart key={numbers.value} spec={spec} describe={words} />;
}

export function MemoryCard() {
  const total = useFigure(({ memory }) => memory?.total);
  const hasCache = useFigure(({ memory }) => memory?.cached !== undefined);
  const hasSwap = useFigure(({ swap }) => swap !== undefined && swap.total > 0);
  const lines: Line[] = [{ name: "used", column: "memory.used", colour: "accent", isFilled: true }];
  if (hasCache.value) lines.push({ name: "cache", column: "memory.cached", colour: "text-3" });
  if (hasSwap.value) lines.push({ name: "swap", column: "swap.used", colour: "series-5", isDashed: true });
  const top = total.value ?? 1;
  const chart = { title: "Memory", lines, words: size, top: (largest: number) => Math.max(top, largest) };
  return (
    <Card title="Memory" note={`${size(top)} in all`}>
      <Chart key={`${top} ${lines.length}`} spec={chart} />
      <Facts>
        <Meter name="Used" share={({ memory }) => memory?.usage_percent} words={({ memory }) => memory && `${size(usedMemory(memory))} · ${percent(memory.usage_percent)}`} />
        <Fact name="Available" words={({ memory }) => memory && size(memory.available)} />
        {hasSwap.value ? (
          <Meter name="Swap" share={({ swap }) => swap && (swap.used / swap.total) * 100} words={({ swap }) => swap && `${size(swap.used)} of ${size(swap.total)}`} />
        ) : (
          <Fact name="Swap" words={({ swap }) => swap && "none"} />
        )}
        <Fact name="Whole host" words={({ host }) => host?.memory && `${size(usedMemory(host.memory))} of ${size(host.memory.total)}`} />
      </Facts>
    </Card>
  );
}

const loadLines: readonly Line[] = [
  { name: "1 min", column: "load.1", colour: "accent", isFilled: true },
  { name: "5 min", column: "load.5", colour: "text-3" },
  { name: "15 min", column: "load.15", colour: "series-3", isDashed: true },
];

export function LoadCard() {
  return (
    <Card title="Load" note="tasks that run or wait, on average">
      <Chart spec={{ title: "Load", lines: loadLines, words: load, top: (largest) => roundUp(Math.max(1, largest), 1000) }} />
      <Facts>
        <Fact name="Running now" words={({ load: now }) => (now?.running === undefined ? null : `${now.running} of ${now.tasks ?? "?"} tasks`)} />
      </Facts>
    </Card>
  );
}

const resources = [
  { resource: "cpu", name: "CPU", colour: "accent" },
  { resource: "memory", name: "memory", colour: "series-4" },
  { resource: "io", name: "I/O", colour: "series-5" },
] as const;

export function PressureCard() {
  const lines = resources.map(({ resource, name, colour }) => ({ name, colour, column: `pressure.${resource}` }));
  return (
    <Card title="Pressure" note="time in which some waited, last 10 s">
      <Chart spec={{ title: "Pressure", lines, words: percent, top: (largest) => Math.min(100, roundUp(Math.max(10, largest), 1000)) }} />
      <Facts>
        {resources.map(({ resource, name }) => (
          <Fact
            key={resource}
            name={`All waited for ${name}`}
            words={({ pressure }) => {
              const full = pressure?.[resource]?.full;
              return full && `${percent(full.avg10)} · ${percent(full.avg300)} in 5 min`;
            }}
          />
        ))}
      </Facts>
    </Card>
  );
}
