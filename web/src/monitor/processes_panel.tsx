// The processes that use most, in a table. They are asked for only while this is seen: looking
// through all processes costs the host something.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../parts/icon";
import { isBoolean, remembered } from "../state/remembered";
import type { Processes, ProcessUse } from "./documents";
import { useFigure } from "./facts";
import { areProcessesSeen } from "./live";
import { rate, size } from "./units";

const isOpen = remembered("monitor_processes", true, isBoolean);

type Order = "name" | "pid" | "threads" | "memory_bytes" | "cpu_percent" | "io_bytes_per_s";
const order = signal<{ by: Order; isUp: boolean }>({ by: "cpu_percent", isUp: false });

const columns: readonly [by: Order, words: string, kind: string][] = [
  ["name", "Name", ""],
  ["pid", "PID", "number"],
  ["cpu_percent", "CPU (100 % is a core)", "number"],
  ["memory_bytes", "Memory", "number"],
  ["io_bytes_per_s", "Input and output", "number"],
  ["threads", "Threads", "number minor"],
];

const rows_max = 15;

function compare(a: ProcessUse, b: ProcessUse): number {
  const { by, isUp } = order.value;
  const [x, y] = [a[by] ?? 0, b[by] ?? 0];
  const rising = typeof x === "string" ? x.localeCompare(String(y)) : x - Number(y);
  return (isUp ? rising : -rising) || a.pid - b.pid;
}

// Those that use most of what they are ordered by come from the list that the host ordered so.
function shownOf(processes: Processes | null): ProcessUse[] {
  const list = hostsListOf(processes, order.value.by) ?? processes?.by_cpu ?? [];
  return [...list].sort(compare).slice(0, rows_max);
}

function hostsListOf(processes: Processes | null, by: Order): ProcessUse[] | undefined {
  if (by === "memory_bytes") return processes?.by_memory;
  return by === "io_bytes_per_s" ? processes?.by_io : processes?.by_cpu;
}

export function ProcessesPanel() {
  const box = useRef<HTMLElement>(null);
  const isPanelOpen = isOpen.value;
  useEffect(() => {
    if (!isPanelOpen) return;
    const watcher = new IntersectionObserver(([entry]) => (areProcessesSeen.value = entry?.isIntersecting === true));
    watcher.observe(box.current as HTMLElement);
    return () => {
      watcher.disconnect();
      areProcessesSeen.value = false;
    };
  }, [isPanelOpen]);
  return (
    <section ref={box} class="panel" aria-labelledby="processes-title">
      <header>
        <h2 class="grow">
          <button type="button" id="processes-title" class="fold-title" aria-expanded={isPanelOpen} onClick={() => (isOpen.value = !isPanelOpen)}>
            <Icon name={isPanelOpen ? "chevronUp" : "chevronDown"} class="small" />
            Top processes
          </button>
        </h2>
        {isPanelOpen && <Count />}
      </header>
      {isPanelOpen && <Table />}
    </section>
  );
}

function Count() {
  const count = useFigure(({ processes }) => processes?.count);
  return <span class="caption">{count.value !== null && `of ${count.value}`}</span>;
}

function Table() {
  const processes = useFigure(({ processes: its }) => its);
  const shown = shownOf(processes.value);
  if (shown.length === 0) return <p class="empty-state">Asking the server…</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-labelledby="processes-title">
      <table class="dense">
        <thead>
          <tr>
            {columns.map(([by, words, kind]) => (
              <Head key={by} by={by} words={words} kind={kind} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((process) => (
            <tr key={process.pid}>
              <th scope="row" class="one-line">
                {process.name}
              </th>
              <td class="number soft">{process.pid}</td>
              <td class="number">{process.cpu_percent === undefined ? "–" : `${process.cpu_percent.toFixed(1)} %`}</td>
              <td class="number">{size(process.memory_bytes)}</td>
              <td class="number">{process.io_bytes_per_s === undefined ? "–" : rate(process.io_bytes_per_s)}</td>
              <td class="number minor soft">{process.threads}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ by, words, kind }: { by: Order; words: string; kind: string }) {
  const { by: now, isUp } = order.value;
  const isOrder = by === now;
  // Names rise at first, figures fall.
  const choose = (): void => void (order.value = { by, isUp: isOrder ? !isUp : by === "name" });
  return (
    <th class={kind} scope="col" aria-sort={isOrder ? (isUp ? "ascending" : "descending") : "none"}>
      <button type="button" class="sort" onClick={choose}>
        {words}
        {isOrder && <Icon name={isUp ? "chevronUp" : "chevronDown"} class="small" />}
      </button>
    </th>
  );
}
