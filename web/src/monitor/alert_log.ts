// Alerts that last, and those that ended while the page knew of them.

import type { AlertDocument } from "./documents";
import { hostSeconds } from "./documents";

export interface LoggedAlert {
  document: AlertDocument; // its latest value, or its last one
  since_s: number; // hostSeconds()
  until_s: number | null; // null: it lasts
}

const ended_max = 50;

export interface AlertLog {
  active: readonly LoggedAlert[];
  ended: readonly LoggedAlert[]; // newest first
}

export const noAlerts: AlertLog = { active: [], ended: [] };

function nameOf({ component, metric, level }: AlertDocument): string {
  return `${component} ${metric} ${level}`;
}

// The log after a document of `now_s` with the alerts that last. The same log when nothing changed.
export function withAlerts(log: AlertLog, alerts: readonly AlertDocument[], now_s: number): AlertLog {
  if (alerts.length === 0 && log.active.length === 0) return log;
  const before = new Map(log.active.map((entry) => [nameOf(entry.document), entry]));
  const active = alerts.map((document) => {
    const since_s = before.get(nameOf(document))?.since_s ?? hostSeconds(document.timestamp);
    before.delete(nameOf(document));
    return { document, since_s, until_s: null };
  });
  const justEnded = [...before.values()].map((entry) => ({ ...entry, until_s: now_s }));
  return { active, ended: [...justEnded, ...log.ended].slice(0, ended_max) };
}
