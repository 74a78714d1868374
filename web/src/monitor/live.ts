// What the Monitor page knows: the last sample, an hour of figures, the alerts; and which moment and
// range the user looks at. All charts are drawn together, at most once per frame of the screen.

import { batch, computed, effect, signal } from "@preact/signals";
import { connect as connectAgain, status } from "../connection/connection";
import { shown } from "../state/page";
import { oneOf, remembered } from "../state/remembered";
import { loadSession, may, session } from "../state/session";
import { noAlerts, withAlerts } from "./alert_log";
import { fillColumns } from "./columns";
import { hostSeconds, type MonitorData } from "./documents";
import { Store } from "./store";
import { closeStream, openStream, setOwner, streamStatus, type Sample } from "./stream";

export const ranges = { "1 min": 60, "5 min": 300, "15 min": 900, "1 h": 3600 } as const;
export type RangeName = keyof typeof ranges;
export const intervals_s = [0.5, 1, 2, 5, 10] as const;

export const range = remembered<RangeName>("monitor_range", "5 min", oneOf(...Object.keys(ranges)));
export const interval_s = remembered<number>("monitor_interval", 1, (kept) => (intervals_s as readonly unknown[]).includes(kept));
export const isPaused = signal(false);
// The processes' panel is open and in the window: only then they are asked for.
export const areProcessesSeen = signal(false);

export const store = new Store();
export const latest = signal<MonitorData | null>(null);
export const latestTime = signal(0); // hostSeconds() of it
export const alertLog = signal(noAlerts);
export const hovered_s = signal<number | null>(null); // the moment pointed at, in all charts
export const frame = signal(0); // counts up when the charts have something new to draw

const sections = ["memory", "processor", "system", "gpu", "swap", "load", "pressure", "cgroup", "mounts", "disks", "network", "sensors", "battery"];
const topProcesses = 15;
const hour_s = 3600;
const late_s = 15; // a sample that is older than the last one by less may be one that was shared with others
const overlap_s = 60; // asked for again after a gap, in case the two clocks differ

let pausedAt_s = 0;
let received_ms = 0; // when the last sample came
let sequence: number | undefined;
let isDrawingAsked = false;
let sample: Sample | null = null; // the last one, until it is drawn
let alerts = noAlerts;

// A span of the host's time that the charts show: [begin, end].
export function shownSpan(): [number, number] {
  const end = isPaused.peek() ? pausedAt_s : store.lastTime;
  return [end - ranges[range.peek()], end];
}

// The moment whose figures stand beside the charts.
export const moment_s = computed(() => {
  frame.value; // the newest one moves on
  return hovered_s.value ?? shownSpan()[1];
});

// The charts and figures stand still; samples are kept all the same.
export function togglePause(): void {
  if (store.size === 0) return;
  pausedAt_s = store.lastTime;
  isPaused.value = !isPaused.value;
  askDrawing();
}

function since(): number {
  const now_s = Date.now() / 1000;
  return Math.max(now_s - hour_s, received_ms / 1000 - overlap_s);
}

function take(next: Sample): void {
  const time_s = hostSeconds(next.timestamp);
  if (Number.isNaN(time_s)) return;
  const back_s = store.lastTime - time_s;
  if (back_s >= 0) {
    const isKnown = next.sequence < 1 || back_s < late_s;
    if (isKnown) return;
    store.shift(-back_s - interval_s.peek()); // the host's clock was set back
  }
  addGapBefore(time_s);
  store.add(time_s, (set) => fillColumns(next.data, set));
  received_ms = Date.now();
  sample = next;
  if (next.alerts) alerts = withAlerts(alerts, next.alerts, time_s);
  askDrawing();
}

// A sample without figures breaks the lines where nothing is known.
function addGapBefore(time_s: number): void {
  const missing_s = time_s - store.lastTime;
  if (missing_s > 3 + 2.5 * interval_s.peek()) store.add(store.lastTime + interval_s.peek(), () => {});
}

// Many samples come at once at first.
function askDrawing(): void {
  if (isDrawingAsked) return;
  isDrawingAsked = true;
  requestAnimationFrame(draw);
}

const draws_ms: number[] = []; // what the last draws took, for tests and the curious

function draw(): void {
  isDrawingAsked = false;
  const begin = performance.now();
  batch(() => {
    if (sample && !isPaused.peek()) {
      latest.value = sample.data;
      latestTime.value = store.lastTime;
      sequence = sample.sequence;
      sample = null;
    }
    alertLog.value = alerts;
    frame.value += 1;
  });
  draws_ms.push(performance.now() - begin);
  if (draws_ms.length > 600) draws_ms.shift();
}

// Who signed out leaves nothing on the page.
function forgetAll(): void {
  store.clear();
  alerts = noAlerts;
  sample = null;
  received_ms = 0;
  batch(() => {
    isPaused.value = false;
    latest.value = null;
    alertLog.value = noAlerts;
  });
}

// An attempt failed at once: perhaps nobody is signed in any more.
async function checkSession(): Promise<void> {
  try {
    await loadSession();
  } catch {
    return; // the server is away; the stream goes on trying
  }
  if (session.value?.authenticated === false) await connectAgain();
}

const isPageVisible = signal(document.visibilityState === "visible");

export function startMonitor(): void {
  setOwner({ take, since_s: since, failed: () => void checkSession() });
  document.addEventListener("visibilitychange", () => (isPageVisible.value = document.visibilityState === "visible"));
  effect(() => {
    const isSeen = shown.value === "monitor" && isPageVisible.value;
    // While the server is away, the connection's attempts tell when it is back. One that refuses the desktop is there.
    const isAway = ["connecting", "waiting", "password"].includes(status.value.state);
    const isAllowed = session.value?.authenticated === true && may("monitor");
    if (!isSeen || isAway || !isAllowed) return closeStream();
    const metrics = areProcessesSeen.value ? [...sections, "processes"] : sections;
    openStream({ metrics, interval_s: interval_s.value, top: topProcesses });
  });
  effect(() => {
    if (session.value?.authenticated === false) forgetAll();
  });
  effect(() => {
    range.value; // another range is another picture
    askDrawing();
  });
}

// For tests and the browser's console.
export const monitorInside = {
  get state(): string {
    return streamStatus.peek().state;
  },
  get sequence(): number | undefined {
    return sequence;
  },
  get samples(): number {
    return store.size;
  },
  get bounds(): [number, number] {
    return [store.times[0] ?? Number.NaN, store.lastTime];
  },
  get span(): [number, number] {
    return shownSpan();
  },
  draws_ms,
};
