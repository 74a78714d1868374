// Short words to the user at the edge of the window. A notice goes by itself; an error and a message of
// a person stay until they are read.

import { signal } from "@preact/signals";
import { sentence } from "../api/client";

export interface Notice {
  id: number;
  kind: "info" | "error" | "message";
  text: string;
}

const shown_ms = 4000;
const notices_max = 4;

export const notices = signal<readonly Notice[]>([]);

let nextId = 1;

export function tell(text: string, kind: Notice["kind"] = "info"): void {
  const id = nextId++;
  const others = notices.value.filter((notice) => notice.text !== text);
  notices.value = [...others, { id, kind, text }].slice(-notices_max);
  if (kind === "info") setTimeout(() => dismiss(id), shown_ms);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

// Runs `action`; its failure becomes a notice.
export async function orTell(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    tell(sentence(error), "error");
  }
}
