// Disks, network, GPUs, temperatures, batteries; the control group and the system itself.

import { useComputed, type ReadonlySignal } from "@preact/signals";
import { Chart } from "./chart";
import type { MonitorData } from "./documents";
import { Card, Fact, Facts, Meter, useFigure } from "./facts";
import { latest } from "./live";
import { lineColours } from "./palette";
import type { Line } from "./plots";
import { celsius, percent, rate, roundUp, size, span, watts } from "./units";

const hundred = (): number => 100;
const rateTop = (largest: number): number => roundUp(Math.max(1024, largest), 1024);
const lines_max = lineColours.length;
const interfaceCharts_max = 6;
const mounts_max = 12;

// The names of something, only read anew when one comes or goes.
function useNames(read: (data: MonitorData) => Record<string, unknown> | undefined): readonly string[] {
  const joined = useComputed(() => Object.keys((latest.value && read(latest.value)) ?? {}).join("\n"));
  return joined.value === "" ? [] : joined.value.split("\n");
}

function linesOf(names: readonly string[], prefix: string): Line[] {
  return names.slice(0, lines_max).map((name, i) => ({ name, column: `${prefix}.${name}`, colour: lineColours[i]!, isDashed: i % 2 === 1 }));
}

function andMore(names: readonly string[], shown: number, what: string): string | undefined {
  return names.length > shown ? `${names.length} ${what}, ${shown} in the chart` : undefined;
}

const diskLines: readonly Line[] = [
  { name: "read", column: "disk.read", colour: "accent", isFilled: true },
  { name: "write", column: "disk.write", colour: "text-3" },
];

export function DisksCard() {
  const devices = useNames(({ disks }) => disks?.devices);
  return (
    <Card title="Disks" note={devices.slice(0, lines_max).join(", ")}>
      <Chart spec={{ title: "Disk throughput", lines: diskLines, words: rate, top: rateTop }} />
      <h3>Busy</h3>
      <Chart key={devices.join()} spec={{ title: "Busy disks", lines: linesOf(devices, "busy"), words: percent, top: hundred, height: 84 }} />
    </Card>
  );
}

export function SpaceCard() {
  const paths = useNames(({ mounts }) => mounts);
  return (
    <Card title="Space" note={paths.length > mounts_max ? `${mounts_max} of ${paths.length} file systems` : undefined}>
      <Facts>
        {paths.slice(0, mounts_max).map((path) => (
          <Meter
            key={path}
            name={path}
            note={latest.peek()?.mounts?.[path]?.type ?? ""}
            share={({ mounts }) => mounts?.[path]?.usage_percent}
            words={({ mounts }) => {
              const space = mounts?.[path];
              return space && `${size(space.used)} of ${size(space.total)}`;
            }}
          />
        ))}
      </Facts>
    </Card>
  );
}

export function NetworkCards() {
  const all = useNames(({ network }) => network?.interfaces);
  const used = useNames(({ network }) => Object.fromEntries(Object.entries(network?.interfaces ?? {}).filter(([, { bytes_recv, bytes_sent }]) => bytes_recv + bytes_sent > 0)));
  const names = [...used].sort((a, b) => Number(a === "lo") - Number(b === "lo")).slice(0, interfaceCharts_max);
  const rest = all.filter((name) => !names.includes(name)); // those that never had anything to do among them
  return (
    <>
      {names.map((name) => (
        <InterfaceCard key={name} name={name} />
      ))}
      {rest.length > 0 && (
        <Card title="Other interfaces">
          <Facts>
            {rest.map((name) => (
              <Fact
                key={name}
                name={name}
                words={({ network }) => {
                  const traffic = network?.interfaces[name];
                  return traffic && `in ${rate(traffic.bytes_recv_per_s ?? 0)} · out ${rate(traffic.bytes_sent_per_s ?? 0)}`;
                }}
              />
            ))}
          </Facts>
        </Card>
      )}
    </>
  );
}

function InterfaceCard({ name }: { name: string }) {
  const lines: Line[] = [
    { name: "in", column: `net.${name}.in`, colour: "accent", isFilled: true },
    { name: "out", column: `net.${name}.out`, colour: "text-3" },
  ];
  const its = (data: MonitorData) => data.network?.interfaces[name];
  return (
    <Card title={`Network ${name}`}>
      <Chart spec={{ title: `Network ${name}`, lines, words: rate, top: rateTop }} />
      <Facts>
        <Fact name="In all, in and out" words={(data) => totals(its(data))} />
        <Fact name="Errors and drops" words={(data) => troubles(its(data))} />
      </Facts>
    </Card>
  );
}

type Traffic = NonNullable<MonitorData["network"]>["interfaces"][string];

function totals(traffic: Traffic | undefined): string | undefined {
  return traffic && `${size(traffic.bytes_recv)} · ${size(traffic.bytes_sent)}`;
}

function troubles(traffic: Traffic | undefined): string | undefined {
  return traffic && `${traffic.errors_in + traffic.errors_out} · ${traffic.drops_in + traffic.drops_out}`;
}

export function GpuCards() {
  const count = useFigure(({ gpus }) => gpus?.length);
  return (
    <>
      {Array.from({ length: count.value ?? 0 }, (_, i) => (
        <GpuCard key={i} index={i} />
      ))}
    </>
  );
}

function GpuCard({ index }: { index: number }) {
  const its = (data: MonitorData) => data.gpus?.[index];
  const name = useFigure((data) => its(data)?.name);
  const hasMemory = useFigure((data) => its(data)?.memory_total !== undefined);
  const lines: Line[] = [{ name: "busy", column: `gpu.${index}.busy`, colour: "accent", isFilled: true }];
  if (hasMemory.value) lines.push({ name: "memory", column: `gpu.${index}.memory`, colour: "text-3" });
  return (
    <Card title={`GPU ${index}`} note={name.value ?? ""}>
      <Chart key={lines.length} spec={{ title: `GPU ${index}`, lines, words: percent, top: hundred }} />
      <Facts>
        {hasMemory.value && (
          <Meter
            name="Memory"
            share={(data) => share(its(data)?.memory_used, its(data)?.memory_total)}
            words={(data) => `${size(its(data)?.memory_used ?? 0)} of ${size(its(data)?.memory_total ?? 0)}`}
          />
        )}
        <Fact name="Temperature" words={(data) => optional(its(data)?.temperature, celsius)} />
        <Fact name="Power" words={(data) => optional(its(data)?.power_draw, (draw) => `${watts(draw)}${optional(its(data)?.power_limit, (limit) => ` of ${watts(limit)}`) ?? ""}`)} />
        <Fact name="Clock" words={(data) => optional(its(data)?.clock_mhz, (mhz) => `${Math.round(mhz)} MHz`)} />
      </Facts>
    </Card>
  );
}

function share(part: number | undefined, whole: number | undefined): number | null {
  return part !== undefined && whole ? (part / whole) * 100 : null;
}

function optional(value: number | null | undefined, words: (value: number) => string): string | null {
  return typeof value === "number" ? words(value) : null;
}

export function TemperaturesCard() {
  const names = useNames(({ sensors }) => sensors);
  const top = (largest: number): number => Math.max(100, Math.ceil(largest / 20) * 20);
  return (
    <Card title="Temperatures" note={andMore(names, lines_max, "sensors")}>
      <Chart key={names.join()} spec={{ title: "Temperatures", lines: linesOf(names, "temperature"), words: celsius, top }} />
      <Facts>
        {names.map((name) => (
          <Fact
            key={name}
            name={name}
            words={({ sensors }) => {
              const sensor = sensors?.[name];
              const limit = sensor?.critical ?? sensor?.high;
              return sensor && `${celsius(sensor.temperature)}${limit === undefined ? "" : ` of ${celsius(limit)}`}`;
            }}
          />
        ))}
      </Facts>
    </Card>
  );
}

export function BatteryCard() {
  const names = useNames(({ battery }) => battery);
  return (
    <Card title={names.length > 1 ? "Batteries" : "Battery"}>
      <Chart key={names.join()} spec={{ title: "Battery", lines: linesOf(names, "battery"), words: percent, top: hundred }} />
      <Facts>
        {names.map((name) => (
          <Fact
            key={name}
            name={name}
            words={({ battery }) => {
              const its = battery?.[name];
              return its && [its.status, optional(its.power_watts, watts), optional(its.seconds_left, (left) => `${span(left)} left`)].filter(Boolean).join(" · ");
            }}
          />
        ))}
      </Facts>
    </Card>
  );
}

export function CgroupCard() {
  const path = useFigure(({ cgroup }) => cgroup?.path);
  const hasThrottling = useFigure(({ cgroup }) => cgroup?.throttled_percent !== undefined);
  const lines: Line[] = [{ name: "CPU", column: "cgroup.cpu", colour: "accent", isFilled: true }];
  if (hasThrottling.value) lines.push({ name: "throttled", column: "cgroup.throttled", colour: "series-5", isDashed: true });
  return (
    <Card title="Control group" note={path.value ?? ""}>
      <Chart key={lines.length} spec={{ title: "Control group", lines, words: percent, top: (largest) => Math.max(100, roundUp(largest, 1000)) }} />
      <Facts>
        <Fact name="CPUs" words={({ cgroup }) => cgroup && `${used(cgroup.cpu_cores_used)} of ${cgroup.cpu_limit ?? "no limit"}`} />
        <Fact name="Throttled in all" words={({ cgroup }) => optional(cgroup?.throttled_us, (us) => `${(us / 1e6).toFixed(1)} s`)} />
        <Fact name="Memory" words={({ cgroup }) => optional(cgroup?.memory_used, (memory) => `${size(memory)} of ${cgroup?.memory_limit ? size(cgroup.memory_limit) : "no limit"}`)} />
        <Fact name="Swap" words={({ cgroup }) => optional(cgroup?.swap_used, (swap) => cgroup?.swap_limit === 0 ? "none allowed" : `${size(swap)} of ${cgroup?.swap_limit ? size(cgroup.swap_limit) : "no limit"}`)} />
        <Fact name="Killed for want of memory" words={({ cgroup }) => optional(cgroup?.oom_kills, String)} />
        <Fact name="Whole host" words={({ host }) => host?.processor && host.memory && `CPU ${percent(host.processor.usage_percent ?? 0)} · memory ${percent(host.memory.usage_percent)}`} />
      </Facts>
    </Card>
  );
}

function used(cores: number | undefined): string {
  return cores === undefined ? "?" : cores.toFixed(2);
}

export function SystemCard() {
  return (
    <Card title="System">
      <Facts>
        <Fact name="Host" words={({ system }) => system?.hostname} />
        <Fact name="Distribution" words={({ system }) => system?.distribution} />
        <Fact name="Kernel" words={({ system }) => system && `${system.os_name} ${system.os_release}`} />
        <Fact name="Machine" words={({ system }) => system?.machine} />
        <Fact name="Processor" words={({ processor }) => processor?.model} />
        <Fact name="Up" words={({ system }) => optional(system?.uptime_seconds, span)} />
      </Facts>
    </Card>
  );
}

// Whether the host has any of it.
export function useHas(read: (data: MonitorData) => unknown): ReadonlySignal<boolean> {
  return useComputed(() => {
    const value = latest.value && read(latest.value);
    return value !== undefined && value !== null && (typeof value !== "object" || Object.keys(value).length > 0);
  });
}
