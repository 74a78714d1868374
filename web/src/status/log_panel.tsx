// The tail of the server's log, newest first.

import { signal } from "@preact/signals";
import type { LogDocument } from "../api/types";
import { ToolButton } from "../parts/button";
import { FilterField, matches } from "../parts/filter_field";
import { isLogPaused, log, togglePause } from "./live";

type Least = "all" | "warnings" | "errors";

const shown_max = 200;
const typed = signal("");
const least = signal<Least>("all");
const choices: readonly [Least, string][] = [
  ["all", "All"],
  ["warnings", "Warnings"],
  ["errors", "Errors"],
];

function isSevere({ level }: LogDocument): boolean {
  if (least.value === "all") return true;
  const isError = /^(error|critical|fatal)/i.test(level);
  return isError || (least.value === "warnings" && /^warn/i.test(level));
}

function fieldsOf({ fields }: LogDocument): string {
  return Object.entries(fields ?? {})
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
}

// "14:32:07.114" where the user is.
function clock(at: Date): string {
  return `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

export function LogPanel() {
  const shown = log.value.filter((line) => isSevere(line) && matches(typed.value, line.level, line.message, fieldsOf(line))).slice(0, shown_max);
  return (
    <section class="panel" aria-labelledby="log-title">
      <header>
        <h2 id="log-title" class="grow">
          Log
        </h2>
        <div class="segments" role="group" aria-label="Which lines">
          {choices.map(([name, words]) => (
            <button key={name} type="button" aria-pressed={least.value === name} onClick={() => (least.value = name)}>
              {words}
            </button>
          ))}
        </div>
        <FilterField label="Filter log" words={typed} />
        <ToolButton icon={isLogPaused.value ? "play" : "pause"} label={isLogPaused.value ? "Go on" : "Pause"} isPressed={isLogPaused.value} onClick={togglePause} />
      </header>
      {shown.length > 0 ? (
        <ol class="log scroll" tabIndex={0} aria-labelledby="log-title">
          {shown.map((line, i) => (
            <Line key={log.value.length - i} line={line} />
          ))}
        </ol>
      ) : (
        <p class="empty-state">{log.value.length === 0 ? "No lines yet. They appear when something happens." : "No line fits the filter. Clear it to see all."}</p>
      )}
    </section>
  );
}

function Line({ line }: { line: LogDocument }) {
  const fields = fieldsOf(line);
  const at = new Date(line.time ?? line.time_ms ?? Number.NaN);
  const kind = /^warn/i.test(line.level) ? "warn" : /^(error|critical|fatal)/i.test(line.level) ? "crit" : "";
  return (
    <li title={`${line.message} ${fields}`}>
      {Number.isNaN(at.getTime()) ? <time>–</time> : <time dateTime={at.toISOString()}>{clock(at)}</time>}
      <span class={kind || "faint"}>{line.level}</span>
      <span class="one-line">
        {line.message} <span class="faint">{fields}</span>
      </span>
    </li>
  );
}
