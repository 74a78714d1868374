// The stream of monitoring documents (docs/monitoring.md): subscribes, puts deltas together, opens
// the connection again when it is lost.

import { signal } from "@preact/signals";
import { retryDelay } from "../connection/retry_delay";
import type { AlertDocument, MonitorData, SampleDocument } from "./documents";
import { applyPatch } from "./merge_patch";

export interface Wanted {
  metrics: readonly string[];
  interval_s: number;
  top: number; // processes
}

export interface Sample {
  timestamp: string;
  sequence: number; // below 1: a sample of the past
  data: MonitorData;
  alerts: readonly AlertDocument[] | null; // null: a sample of the past does not tell
}

// off:        nobody wants it.
// connecting: no sample has come yet, or only some of the past.
// waiting:    lost; the next attempt is in left_s.
export type StreamStatus =
  | { state: "off" | "connecting" | "live" }
  | { state: "waiting"; reason: string; left_s: number };

export const streamStatus = signal<StreamStatus>({ state: "off" });
// What the server refused, in its words, until it is asked for something else.
export const streamMistake = signal("");

// Who takes the samples, and what the stream asks about its owner.
export interface Owner {
  take(sample: Sample): void;
  since_s(): number; // seconds since 1970: samples from then on are asked for when a connection is made
  failed(): void; // an attempt failed before the first message: is somebody still signed in?
}

const silence_s = 10; // beyond the interval, after which a connection is taken for dead
const wholeWait_ms = 5000; // for a whole document after asking for one

let owner: Owner | null = null;
let wanted: Wanted | null = null;
let socket: WebSocket | null = null;
let attempt = 0;
let retryTimer: ReturnType<typeof setInterval> | undefined;
let silenceTimer: ReturnType<typeof setTimeout> | undefined;
let data: unknown = null;
let sequence: number | undefined;
let askedWhole_ms = Number.NEGATIVE_INFINITY;

export function setOwner(its: Owner): void {
  owner = its;
}

// Asks for this from now on, on the connection there is or on a new one.
export function openStream(next: Wanted): void {
  const isSame = JSON.stringify(next) === JSON.stringify(wanted);
  wanted = next;
  if (streamStatus.peek().state === "off") {
    attempt = 0;
    connect();
  } else if (!isSame && socket?.readyState === WebSocket.OPEN) {
    subscribe(socket, {});
  }
}

export function closeStream(): void {
  wanted = null;
  forget();
  streamStatus.value = { state: "off" };
}

export function tryNow(): void {
  if (wanted) connect();
}

function streamUrl(): URL {
  const url = new URL("monitor", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.search = "";
  url.hash = "";
  return url;
}

// Ends the connection there is; nothing more is heard of it.
function forget(): void {
  clearInterval(retryTimer);
  clearTimeout(silenceTimer);
  const old = socket;
  socket = null;
  old?.close();
}

function connect(): void {
  forget();
  streamStatus.value = { state: "connecting" };
  const opened = new WebSocket(streamUrl());
  socket = opened;
  let isAnswered = false;
  expectSomething();
  opened.addEventListener("open", () => {
    if (socket === opened) subscribe(opened, { since: owner?.since_s() });
  });
  opened.addEventListener("message", ({ data: text }) => {
    if (socket !== opened) return;
    isAnswered = true;
    expectSomething();
    read(text as string);
  });
  opened.addEventListener("close", ({ code, reason }) => {
    if (socket !== opened) return;
    lost(code === 1008 && reason ? `The server refused: ${reason}.` : "");
    if (!isAnswered) owner?.failed();
  });
}

// A connection whose other end vanished says nothing, for ever.
function expectSomething(): void {
  clearTimeout(silenceTimer);
  const wait_s = (wanted?.interval_s ?? 0) + silence_s;
  silenceTimer = setTimeout(() => lost(`Nothing came for ${wait_s} s.`), wait_s * 1000);
}

function lost(reason: string): void {
  forget();
  attempt += 1;
  let left_s = retryDelay(attempt);
  streamStatus.value = { state: "waiting", reason, left_s };
  retryTimer = setInterval(() => {
    left_s -= 1;
    if (left_s <= 0) connect();
    else streamStatus.value = { state: "waiting", reason, left_s };
  }, 1000);
}

function subscribe(to: WebSocket, more: { since?: number | undefined }): void {
  if (!wanted) return;
  streamMistake.value = "";
  const { metrics, interval_s, top } = wanted;
  to.send(JSON.stringify({ type: "subscribe", metrics, interval: interval_s, delta: true, top, ...more }));
}

function read(text: string): void {
  const message = JSON.parse(text) as SampleDocument | { type: "error"; message?: string } | { type: "connection" };
  if (message.type === "monitoring_data") readSample(message);
  else if (message.type === "error") streamMistake.value = message.message ?? "The server sent an error without words.";
}

function readSample(document: SampleDocument): void {
  // Before it has read the subscription the server may send what it sends to everyone.
  if (document.sequence === undefined) return;
  const isDelta = document.base !== undefined;
  if (isDelta && document.base !== sequence) return askWhole();
  data = isDelta ? applyPatch(data, document.data) : document.data;
  sequence = document.sequence;
  const isOfNow = sequence > 0;
  if (isOfNow && streamStatus.peek().state !== "live") {
    attempt = 0;
    streamStatus.value = { state: "live" };
  }
  const alerts = isOfNow ? (document.alerts ?? []) : null;
  owner?.take({ timestamp: document.timestamp, sequence, data: data as MonitorData, alerts });
}

// A delta of a document that we do not have: what comes is of no use until the next whole one.
function askWhole(): void {
  const now = performance.now();
  if (!socket || now - askedWhole_ms < wholeWait_ms) return;
  askedWhole_ms = now;
  subscribe(socket, {});
}
