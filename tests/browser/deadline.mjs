// Waiting for something that happens in another process: ask again until it is so, never longer than
// a deadline, and say what was last seen.
import { setTimeout as pause } from "node:timers/promises";

// Calls `ask` until it returns something true, and returns that. `what` completes "waited for ...".
// `seen`, if given, tells for the error message what there was instead.
export async function until(what, ask, { timeout_ms = 10_000, seen = () => "" } = {}) {
  const deadline = Date.now() + timeout_ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeout_ms / 1000} s for ${what}; ${seen()}`);
    await pause(50);
  }
}
