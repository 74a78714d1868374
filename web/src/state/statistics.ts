// The numbers of the statistics overlay: once a second while it is shown, from the connection's totals.

import { effect, signal } from "@preact/signals";
import { screen, status } from "../connection/connection";
import type { Screen } from "../connection/screen";
import type { Totals } from "../connection/totals";
import { bytes, duration, percent } from "./format";
import { isStatisticsShown } from "./preferences";

export interface EncodingShare {
  name: string;
  share: number; // of all bytes of pixels, 0 to 1
  rects: number;
}

export interface Reading {
  framesPerS: number;
  kilobytesPerS: number;
  history: readonly number[]; // kB/s of the last minute, oldest first
  roundTrip_ms: number | null;
  decodePerFrame_ms: number | null; // null when no frame came in the last second
  width: number;
  height: number;
  zoom: number;
  shares: readonly EncodingShare[];
  connected_s: number;
  bytes: number;
  frames: number;
}

const history_s = 60;

export const reading = signal<Reading | null>(null);

interface Mark {
  at_ms: number;
  frames: number;
  bytes: number;
  decode_ms: number;
}

function markOf(totals: Totals): Mark {
  return { at_ms: performance.now(), frames: totals.frames, bytes: totals.bytes, decode_ms: totals.decode_ms };
}

function read(from: Screen, last: Mark, now: Mark, history: number[]): Reading {
  const { totals } = from.probe;
  const seconds = Math.max((now.at_ms - last.at_ms) / 1000, 0.001);
  const frames = now.frames - last.frames;
  const kilobytesPerS = (now.bytes - last.bytes) / 1000 / seconds;
  history.push(kilobytesPerS);
  if (history.length > history_s) history.shift();
  return {
    framesPerS: frames / seconds,
    kilobytesPerS,
    history: [...history],
    roundTrip_ms: from.probe.roundTrip_ms,
    decodePerFrame_ms: frames > 0 ? (now.decode_ms - last.decode_ms) / frames : null,
    ...from.size,
    zoom: from.zoom,
    shares: sharesOf(totals),
    connected_s: (now.at_ms - totals.begun_ms) / 1000,
    bytes: now.bytes,
    frames: now.frames,
  };
}

function sharesOf(totals: Totals): EncodingShare[] {
  const used = [...totals.encodings].filter(([, { rects }]) => rects > 0);
  const all = used.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  return used
    .map(([name, { rects, bytes }]) => ({ name, rects, share: all > 0 ? bytes / all : 0 }))
    .sort((a, b) => b.share - a.share);
}

effect(() => {
  const current = screen.value;
  reading.value = null;
  if (!current || !isStatisticsShown.value || status.value.state !== "connected") return;
  const history: number[] = [];
  let last = markOf(current.probe.totals);
  const update = (): void => {
    const now = markOf(current.probe.totals);
    reading.value = read(current, last, now, history);
    last = now;
    current.probe.ping();
  };
  current.probe.ping();
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

export function asText(r: Reading): string {
  const shares = r.shares.map(({ name, share, rects }) => `${name} ${percent(share)} (${rects} rectangles)`).join(", ");
  return [
    `Frames decoded: ${r.framesPerS.toFixed(1)} per second`,
    `Data: ${r.kilobytesPerS.toFixed(1)} kB/s`,
    `Round trip: ${r.roundTrip_ms === null ? "not known" : `${r.roundTrip_ms.toFixed(1)} ms`}`,
    `Decode, per frame: ${r.decodePerFrame_ms === null ? "no frames" : `${r.decodePerFrame_ms.toFixed(1)} ms`}`,
    `Picture: ${r.width}×${r.height} at ${percent(r.zoom)}`,
    `Encodings: ${shares || "none yet"}`,
    `Session: ${duration(r.connected_s)}, ${bytes(r.bytes)}, ${r.frames} frames`,
    `At: ${new Date().toISOString()}`,
  ].join("\n");
}
