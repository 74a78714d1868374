// The control group that the server is in, and the system itself.

import { Chart } from "./chart";
import { Card, Fact, Facts, optional, useFigure } from "./facts";
import type { Line } from "./plots";
import { percent, roundUp, size, span } from "./units";

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
