// The section "data" of a monitoring document, as far as the page reads it (docs/monitoring.md). A
// section or figure that the host does not have is missing.

export interface Processor {
  usage_percent?: number;
  core_count?: number | null;
  logical_count?: number;
  frequency_mhz?: number;
  per_core_usage?: number[];
  core_numbers?: number[];
  temperature?: number;
  user_percent?: number;
  system_percent?: number;
  iowait_percent?: number;
  steal_percent?: number;
  model?: string;
}

// `used` is not read: it leaves out what else cannot be had, so it does not fit usage_percent.
export interface Memory {
  total: number;
  available: number;
  usage_percent: number;
  buffers?: number;
  cached?: number;
}

// What usage_percent is a share of.
export function usedMemory({ total, available }: Memory): number {
  return total - available;
}

export interface Swap {
  total: number;
  used: number;
}

export interface Load {
  load1: number;
  load5: number;
  load15: number;
  running?: number;
  tasks?: number;
}

export interface Stall {
  avg10: number;
  avg60: number;
  avg300: number;
}

export interface ResourcePressure {
  some?: Stall;
  full?: Stall;
}

export interface Space {
  total: number;
  used: number;
  usage_percent: number;
  device: string;
  type: string;
}

export interface Throughput {
  read_bytes_per_s?: number;
  write_bytes_per_s?: number;
  busy_percent?: number;
}

export interface Traffic {
  bytes_recv: number;
  bytes_sent: number;
  errors_in: number;
  errors_out: number;
  drops_in: number;
  drops_out: number;
  bytes_recv_per_s?: number;
  bytes_sent_per_s?: number;
}

export interface Gpu {
  name: string;
  driver_version?: string;
  memory_total?: number;
  memory_used?: number;
  usage_percent?: number;
  temperature: number | null;
  power_draw: number | null;
  power_limit: number | null;
  clock_mhz?: number;
}

export interface Sensor {
  temperature: number;
  high?: number;
  critical?: number;
}

export interface Battery {
  percent: number;
  status: string;
  power_watts?: number;
  seconds_left?: number;
}

export interface Cgroup {
  version: number;
  path: string;
  cpu_limit?: number;
  cpu_cores_used?: number;
  cpu_percent?: number;
  throttled_percent?: number;
  throttled_us?: number;
  memory_limit?: number;
  memory_used?: number;
  swap_limit?: number;
  swap_used?: number;
  oom_kills?: number;
}

export interface System {
  os_name: string;
  os_release: string;
  distribution?: string;
  machine: string;
  hostname: string;
  uptime_seconds?: number;
}

export interface ProcessUse {
  pid: number;
  name: string;
  state: string;
  threads: number;
  memory_bytes: number;
  cpu_percent?: number;
  io_bytes_per_s?: number;
}

export interface Processes {
  count: number;
  by_cpu?: ProcessUse[];
  by_memory?: ProcessUse[];
  by_io?: ProcessUse[];
}

export interface MonitorData {
  processor?: Processor;
  memory?: Memory;
  swap?: Swap;
  load?: Load;
  pressure?: { cpu?: ResourcePressure; memory?: ResourcePressure; io?: ResourcePressure };
  mounts?: Record<string, Space>;
  disks?: Throughput & { devices: Record<string, Throughput> };
  network?: { interfaces: Record<string, Traffic> };
  gpus?: Gpu[];
  sensors?: Record<string, Sensor>;
  battery?: Record<string, Battery>;
  cgroup?: Cgroup;
  host?: { processor?: Processor; memory?: Memory };
  system?: System;
  processes?: Processes;
}

// An alert that lasts. `timestamp` is when it reached its level.
export interface AlertDocument {
  timestamp: string;
  component: string;
  metric: string;
  value: number;
  threshold: number;
  level: "WARNING" | "CRITICAL";
  message: string;
}

// `timestamp` is the host's local time without a zone. Samples of the past, which come first when they
// were asked for, have a sequence below 1 and no alerts. What everyone gets has none. With `base`, `data` is a merge patch of the
// document that had that sequence.
export interface SampleDocument {
  type: "monitoring_data";
  timestamp: string;
  sequence?: number;
  base?: number;
  data: unknown;
  alerts?: AlertDocument[];
}

// Seconds since 1970 as if the host's local time were UTC: good for order, differences and the
// host's own clock, whatever the browser's zone is.
export function hostSeconds(timestamp: string): number {
  return Date.parse(`${timestamp}Z`) / 1000;
}
