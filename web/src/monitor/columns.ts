// Which figures of a document the page keeps for an hour, by the names of their columns.

import { usedMemory, type MonitorData, type Processor } from "./documents";
import type { Store } from "./store";

type SetFigure = Parameters<Parameters<Store["add"]>[1]>[0];

export function fillColumns(data: MonitorData, set: SetFigure): void {
  fillProcessor(data, set);
  fillMemory(data, set);
  fillPressure(data, set);
  set("disk.read", data.disks?.read_bytes_per_s);
  set("disk.write", data.disks?.write_bytes_per_s);
  for (const [name, disk] of Object.entries(data.disks?.devices ?? {})) set(`busy.${name}`, disk.busy_percent);
  for (const [name, traffic] of Object.entries(data.network?.interfaces ?? {})) {
    set(`net.${name}.in`, traffic.bytes_recv_per_s);
    set(`net.${name}.out`, traffic.bytes_sent_per_s);
  }
  for (const [i, gpu] of (data.gpus ?? []).entries()) {
    set(`gpu.${i}.busy`, gpu.usage_percent);
    if (gpu.memory_total && gpu.memory_used !== undefined) set(`gpu.${i}.memory`, (gpu.memory_used / gpu.memory_total) * 100);
  }
  for (const [name, sensor] of Object.entries(data.sensors ?? {})) set(`temperature.${name}`, sensor.temperature);
  for (const [name, battery] of Object.entries(data.battery ?? {})) set(`battery.${name}`, battery.percent);
  set("cgroup.cpu", data.cgroup?.cpu_percent);
  set("cgroup.throttled", data.cgroup?.throttled_percent);
}

// Where the shares of user, system, ... stand: inside a cgroup with limits they are only the host's.
export function partsOf(data: MonitorData): Processor {
  return data.processor?.user_percent === undefined ? (data.host?.processor ?? {}) : data.processor;
}

export function coreNumber(processor: Processor, index: number): number {
  return processor.core_numbers?.[index] ?? index;
}

function fillProcessor(data: MonitorData, set: SetFigure): void {
  const { processor, host } = data;
  const parts = partsOf(data);
  set("cpu.total", processor?.usage_percent);
  set("cpu.user", parts.user_percent);
  set("cpu.system", parts.system_percent);
  set("cpu.iowait", parts.iowait_percent);
  set("cpu.steal", parts.steal_percent);
  set("host.cpu", host?.processor?.usage_percent);
  if (!processor) return;
  for (const [i, share] of (processor.per_core_usage ?? []).entries()) set(`core.${coreNumber(processor, i)}`, share);
}

function fillMemory({ memory, swap, host }: MonitorData, set: SetFigure): void {
  set("memory.used", memory && usedMemory(memory));
  if (memory?.cached !== undefined) set("memory.cached", memory.cached + (memory.buffers ?? 0));
  set("swap.used", swap?.used);
  if (host?.memory) set("host.memory", host.memory.usage_percent);
}

function fillPressure({ load, pressure }: MonitorData, set: SetFigure): void {
  set("load.1", load?.load1);
  set("load.5", load?.load5);
  set("load.15", load?.load15);
  set("pressure.cpu", pressure?.cpu?.some?.avg10);
  set("pressure.memory", pressure?.memory?.some?.avg10);
  set("pressure.io", pressure?.io?.some?.avg10);
}
