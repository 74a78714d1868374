// A host that has everything, for the Monitor page: what the machine of a test lacks (GPUs, a battery,
// a control group with limits) and what cannot be waited for (an hour, an alert) comes from here, in the
// server's form (docs/monitoring.md). The rest of the page is the real server's.

const GiB = 2 ** 30;

const tenth = (value) => Math.round(value * 10) / 10;

// A wave with noise that is the same at every run.
function wave(at_s, period_s, low, high, seed) {
  const dice = (n) => Math.abs(Math.sin(n * 12.9898 + seed * 78.233) * 43758.5453) % 1;
  const stepped = (step_s) => {
    const [n, along] = [Math.floor(at_s / step_s), (at_s % step_s) / step_s];
    return dice(n) + (dice(n + 1) - dice(n)) * along;
  };
  const share = 0.45 * stepped(period_s) + 0.3 * stepped(period_s / 4.3) + 0.15 * stepped(7) + 0.1 * dice(at_s);
  return tenth(low + (high - low) * Math.min(1, Math.max(0, share)));
}

function space(total, used, device, type) {
  return { total, used, free: total - used, usage_percent: Math.round((used / total) * 1000) / 10, device, type };
}

// The host's processor, and as the control group sees it: its share of the limit, and of the host's parts none.
function processors(at_s) {
  const cores = Array.from({ length: 16 }, (_, i) => wave(at_s, 60 + i * 17, 4, i < 10 ? 98 : 55, i));
  const busy = cores.reduce((sum, use) => sum + use, 0) / 100; // cores
  const usage = tenth((busy / cores.length) * 100);
  const [system, steal] = [tenth(usage * wave(at_s, 170, 10, 30, 3) / 100), 0.4];
  const groupCores = Math.round(busy * 930) / 1000; // others use the rest
  const whole = {
    usage_percent: usage, user_percent: tenth(usage - system - steal), system_percent: system, iowait_percent: wave(at_s, 90, 0, 6, 4), steal_percent: steal,
    core_count: 8, logical_count: 16, frequency_current: 3812, frequency_max: 4700, frequency_mhz: 3812.4,
    per_core_usage: cores, temperature: wave(at_s, 300, 54, 71, 1), model: "AMD Ryzen 7 5800X 8-Core Processor",
  };
  const { user_percent, system_percent, iowait_percent, steal_percent, ...shared } = whole;
  return { whole, groupCores, group: { ...shared, usage_percent: tenth((groupCores / groupCpus) * 100), logical_count: groupCpus } };
}

const groupCpus = 12;
const groupMemory = 48 * GiB;

function memoryOf(total, used) {
  return { total, available: total - used, used, usage_percent: tenth((used / total) * 100) };
}

function gpu(at_s, name, seed) {
  const used = Math.round(wave(at_s, 700, 12, 19, seed) * GiB);
  const usage = wave(at_s, 130, 40, 99, seed);
  return {
    name, driver_version: "535.183.01", memory_total: 24 * GiB, memory_used: used, memory_free: 24 * GiB - used,
    usage_percent: usage, gpu_usage_percent: usage, temperature: wave(at_s, 400, 58, 72, seed),
    power_draw: wave(at_s, 130, 120, 260, seed), power_limit: 350, clock_mhz: 1740, vendor: "nvidia",
  };
}

function process(pid, name, cpu, memory, io) {
  return { pid, name, state: "S", parent: 1, threads: 4 + (pid % 20), cpu_percent: cpu, memory_bytes: memory, io_bytes_per_s: io };
}

function processes(at_s) {
  const all = [
    process(4211, "cc1plus", wave(at_s, 40, 60, 100, 1), 1.2 * GiB, 0), process(4213, "cc1plus", wave(at_s, 31, 60, 100, 2), 0.9 * GiB, 4096),
    process(811, "postgres", wave(at_s, 50, 5, 40, 3), 6.1 * GiB, wave(at_s, 45, 20, 60, 1) * 2 ** 20),
    process(2202, "chromium", wave(at_s, 20, 2, 30, 4), 2.4 * GiB, 1.5 * 2 ** 20),
    process(1, "systemd", 0.1, 0.01 * GiB, 0), process(977, "oriel", wave(at_s, 10, 0.5, 3, 5), 0.03 * GiB, 0),
  ];
  const by = (figure) => [...all].sort((a, b) => b[figure] - a[figure]);
  return { count: 412, by_cpu: by("cpu_percent"), by_memory: by("memory_bytes"), by_io: by("io_bytes_per_s") };
}

// The whole "data" at a moment, with processes when they were asked for. Its figures fit one another: the server runs in
// a control group with limits, so `processor` and `memory` are those of the group. memoryShare is what it uses of its limit, in percent.
export function hostAt(at_s, { withProcesses = false, memoryShare = wave(at_s, 900, 55, 75, 1) } = {}) {
  const { whole, group, groupCores } = processors(at_s);
  const memory = memoryOf(groupMemory, Math.round((memoryShare / 100) * groupMemory));
  const traffic = (seed, most) => ({
    bytes_sent: 912_345_678_901, bytes_recv: 2_345_678_901_234, packets_sent: 1, packets_recv: 1, errors_in: 0, errors_out: 0, drops_in: 12, drops_out: 0,
    bytes_sent_per_s: wave(at_s, 75, 0.1, 0.7, seed) * most, bytes_recv_per_s: wave(at_s, 75, 0.2, 1, seed + 1) * most,
  });
  const stall = (low, high, seed) => ({ avg10: wave(at_s, 80, low, high, seed), avg60: 3.1, avg300: 2.2, total_us: 1 });
  const disk = (seed) => ({ read_bytes_per_s: wave(at_s, 60, 1, 90, seed) * 1e6, write_bytes_per_s: wave(at_s, 45, 1, 60, seed) * 1e6, busy_percent: wave(at_s, 60, 2, 88, seed) });
  const [first, second] = [disk(1), disk(2)];
  return {
    memory: { ...memory, cached: 5 * GiB, buffers: 0.5 * GiB },
    processor: group,
    system: { os_name: "Linux", os_release: "6.1.0-28-amd64", distribution: "Debian GNU/Linux 12 (bookworm)", machine: "x86_64", hostname: "build-07", uptime_seconds: 3_564_000 },
    gpus: [gpu(at_s, "NVIDIA GeForce RTX 3090", 1), gpu(at_s, "NVIDIA GeForce RTX 3090", 3)],
    swap: { total: 8 * GiB, used: 0.2 * GiB, free: 7.8 * GiB, usage_percent: 2.5 },
    load: { load1: wave(at_s, 200, 4, 14, 1), load5: wave(at_s, 500, 6, 11, 1), load15: 7.42, running: 9, tasks: 1204 },
    pressure: { cpu: { some: stall(2, 24, 1) }, memory: { some: stall(0, 1, 2), full: stall(0, 0.4, 2) }, io: { some: stall(1, 31, 3), full: stall(0, 9, 3) } },
    cgroup: {
      version: 2, path: "/build.slice", cpu_limit: groupCpus, cpu_cores_used: groupCores, cpu_percent: group.usage_percent, throttled_percent: wave(at_s, 100, 0, 9, 7),
      throttled_us: 84_200_000, memory_limit: groupMemory, memory_used: memory.used, swap_limit: 0, swap_used: 0, oom_kills: 0,
    },
    host: { processor: whole, memory: memoryOf(64 * GiB, memory.used + 3.5 * GiB) },
    mounts: { "/": space(120e9, 41e9, "/dev/nvme0n1p2", "ext4"), "/data": space(1.92e12, 1.61e12, "/dev/md0", "xfs") },
    disks: { read_bytes_per_s: first.read_bytes_per_s + second.read_bytes_per_s, write_bytes_per_s: first.write_bytes_per_s + second.write_bytes_per_s, devices: { nvme0n1: first, nvme1n1: second } },
    network: { interfaces: { lo: traffic(1, 1e5), enp5s0: traffic(2, 1.1e8), wg0: traffic(5, 4e6), dummy0: { ...traffic(1, 0), bytes_sent: 0, bytes_recv: 0 } } },
    sensors: { "k10temp Tctl": { temperature: wave(at_s, 300, 54, 71, 1), critical: 95 }, "nvme Composite": { temperature: wave(at_s, 900, 38, 44, 2), high: 81.8 }, "acpitz temp1": { temperature: wave(at_s, 200, 41, 60, 3) } },
    battery: { BAT0: { percent: wave(at_s, 7200, 62, 80, 1), status: "Discharging", power_watts: 14.2, seconds_left: 9400 } },
    ...(withProcesses && { processes: processes(at_s) }),
  };
}

// The members that change `from` into `to` (RFC 7396).
export function mergePatch(from, to) {
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(from) || !isObject(to)) return to;
  const patch = {};
  for (const name of Object.keys(from)) if (!(name in to)) patch[name] = null;
  for (const [name, value] of Object.entries(to)) {
    if (JSON.stringify(from[name]) !== JSON.stringify(value)) patch[name] = name in from ? mergePatch(from[name], value) : value;
  }
  return patch;
}

// Answers the page's stream instead of the server: its `route` is what Page.open wants as `before`.
// host.data(at_s, options) is the data, host.alerts those that last; host.history_s how much is known from before.
export class SeeminglyBusyHost {
  data = hostAt;
  alerts = [];
  history_s = 0;
  subscriptions = []; // what pages asked for
  sequence = 0;
  begin_s = Math.floor(Date.now() / 1000); // the host's clock; it goes on by one with each sample
  #sockets = new Set();

  route = (tab) => tab.routeWebSocket(/\/monitor$/, (socket) => {
    const subscriber = { socket, last: null, wanted: null };
    this.#sockets.add(subscriber);
    socket.onClose(() => this.#sockets.delete(subscriber));
    socket.send(JSON.stringify({ type: "connection", status: "connected", timestamp: stamp(this.begin_s), message: "welcome" }));
    // What who has not subscribed gets.
    socket.send(JSON.stringify({ type: "monitoring_data", timestamp: stamp(this.begin_s), data: { disk: {}, memory: this.data(this.begin_s).memory } }));
    socket.onMessage((text) => {
      const wanted = JSON.parse(text);
      this.subscriptions.push(wanted);
      subscriber.wanted = wanted;
      subscriber.last = null;
      if (wanted.since === undefined) return;
      // Deltas of whole sections: thousands of finer ones would take this process longer than the page.
      const last = new Map();
      for (let at_s = this.begin_s - this.history_s; at_s < this.begin_s; at_s += 1) {
        const sequence = at_s - this.begin_s + 1; // up to 0
        const base = last.size > 0 ? `"delta": true, "base": ${sequence - 1}, ` : "";
        const changed = [];
        for (const [section, value] of Object.entries(this.data(at_s))) {
          const text = JSON.stringify(value);
          if (last.get(section) !== text) changed.push(`${JSON.stringify(section)}: ${text}`);
          last.set(section, text);
        }
        socket.send(`{"type": "monitoring_data", "timestamp": "${stamp(at_s)}", "sequence": ${sequence}, ${base}"data": {${changed.join(", ")}}}`);
      }
    });
  });

  get subscribers() {
    return this.#sockets.size;
  }

  // The next sample, for all.
  tick() {
    for (const subscriber of this.#sockets) if (subscriber.wanted) this.#send(subscriber, this.begin_s);
    this.begin_s += 1;
  }

  // Text of the server's, in no order.
  say(document) {
    for (const { socket } of this.#sockets) socket.send(JSON.stringify(document));
  }

  drop(code = 4000) {
    for (const { socket } of [...this.#sockets]) socket.close({ code });
    this.#sockets.clear();
  }

  #send(subscriber, at_s) {
    const data = this.data(at_s, { withProcesses: subscriber.wanted.metrics.includes("processes") });
    this.sequence += 1;
    const { last } = subscriber;
    const delta = last && { delta: true, base: last.sequence };
    const alerts = this.alerts.length > 0 && { alerts: this.alerts };
    const change = last ? mergePatch(last.data, data) : data;
    subscriber.last = { sequence: this.sequence, data };
    subscriber.socket.send(JSON.stringify({ type: "monitoring_data", timestamp: stamp(at_s), sequence: this.sequence, ...delta, data: change, ...alerts }));
  }
}

// The host's local time without a zone. Its zone is two hours east, so that nothing relies on the browser's.
export function stamp(at_s) {
  return new Date((at_s + 7200) * 1000).toISOString().slice(0, 19);
}
