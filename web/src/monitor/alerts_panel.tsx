// Alerts in words: those that last, and those that are over.

import { Icon } from "../parts/icon";
import type { LoggedAlert } from "./alert_log";
import { alertLog, latestTime } from "./live";
import { clock, span } from "./units";

export function AlertTags() {
  const { active } = alertLog.value;
  const critical = active.filter(({ document }) => document.level === "CRITICAL").length;
  const warnings = active.length - critical;
  return (
    <>
      {critical > 0 && <span class="tag crit">{critical} critical</span>}
      {warnings > 0 && <span class="tag warn">{warnings === 1 ? "1 warning" : `${warnings} warnings`}</span>}
    </>
  );
}

const strip_max = 3;

// What is wrong now stands above all charts; the table below them has the rest.
export function AlertStrip() {
  const { active } = alertLog.value;
  if (active.length === 0) return null;
  return (
    <ul class="alert-strip" aria-label="Alerts that last">
      {active.slice(0, strip_max).map(({ document }) => (
        <li key={`${document.component} ${document.metric}`} class={document.level === "CRITICAL" ? "crit" : "warn"}>
          <Icon name="warning" />
          {document.message}
        </li>
      ))}
      {active.length > strip_max && <li class="soft">{`and ${active.length - strip_max} more, below the charts`}</li>}
    </ul>
  );
}

// What a screen reader speaks when an alert comes; the values that change all the time are not in it.
export function AlertSpeech() {
  const { active } = alertLog.value;
  const words = active.map(({ document }) => `${document.level === "CRITICAL" ? "Critical" : "Warning"}: ${nameOf({ document })}.`).join(" ");
  return (
    <p class="unseen" role="status" aria-live="polite">
      {words}
    </p>
  );
}

function nameOf({ document }: Pick<LoggedAlert, "document">): string {
  return `${document.component} ${document.metric}`.replaceAll("_", " ");
}

export function AlertsPanel() {
  const { active, ended } = alertLog.value;
  const all = [...active, ...ended];
  return (
    <section class="panel" aria-labelledby="alerts-title">
      <header>
        <h2 id="alerts-title">Alerts</h2>
        <AlertTags />
      </header>
      {all.length === 0 ? (
        <p class="empty-state">No alerts. They appear here when a figure passes its threshold.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-labelledby="alerts-title">
          <table>
            <thead>
              <tr>
                <th scope="col">Since</th>
                <th scope="col">What</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {all.map((entry) => (
                <Row key={`${nameOf(entry)} ${entry.document.level} ${entry.since_s}`} entry={entry} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ entry }: { entry: LoggedAlert }) {
  const { document, since_s, until_s } = entry;
  const isOver = until_s !== null;
  const kind = isOver ? "faint" : document.level === "CRITICAL" ? "crit" : "warn";
  return (
    <tr>
      <td>
        <span class={`row ${kind}`}>
          <Icon name={isOver ? "check" : "warning"} />
          {clock(since_s)}
        </span>
      </td>
      <td class={`message ${kind}`}>{document.message}</td>
      <td class="soft">{isOver ? `ended ${clock(until_s)}, after ${span(until_s - since_s)}` : `for ${span(latestTime.value - since_s)}`}</td>
    </tr>
  );
}
