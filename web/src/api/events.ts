// The server's events (server-sent events), one stream for the whole page. It is opened again by itself.

import { signal } from "@preact/signals";
import { retryDelay } from "../connection/retry_delay";

type Listener = (document: unknown) => void;

// Whether the stream is open at this moment.
export const isStreamLive = signal(false);

const listeners = new Map<string, Set<Listener>>();
let source: EventSource | null = null;
let wanted: string | null = null; // the URL of the stream, or null when none is wanted
let attempt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

// Calls `listener` with each document of that type; returns what ends it.
export function onEvent<T>(type: string, listener: (document: T) => void): () => void {
  const all = listeners.get(type) ?? new Set();
  listeners.set(type, all);
  all.add(listener as Listener);
  source?.addEventListener(type, deliver);
  return () => void all.delete(listener as Listener);
}

// Asks for these types from now on. `tag` names this page, so that messages for it arrive.
export function openEvents(types: readonly string[], tag: string): void {
  const url = `api/v1/events?${new URLSearchParams({ types: types.join(","), tag })}`;
  if (url === wanted) return;
  wanted = url;
  attempt = 0;
  open();
}

export function closeEvents(): void {
  wanted = null;
  stop();
}

function stop(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
  isStreamLive.value = false;
}

function open(): void {
  stop();
  if (wanted === null) return;
  const opened = new EventSource(wanted);
  source = opened;
  opened.addEventListener("open", () => {
    attempt = 0;
    isStreamLive.value = true;
  });
  // The browser's own repetition gives up for good on an answer such as 503, so each one is ours.
  opened.addEventListener("error", () => {
    stop();
    attempt += 1;
    timer = setTimeout(open, retryDelay(attempt) * 1000);
  });
  for (const type of listeners.keys()) opened.addEventListener(type, deliver);
}

function deliver(event: Event): void {
  const { type, data } = event as MessageEvent<string>;
  const document: unknown = JSON.parse(data);
  for (const listener of listeners.get(type) ?? []) listener(document);
}
