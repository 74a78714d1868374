// Every setting of the server, its value, and where that came from.

import { signal } from "@preact/signals";
import type { SettingDocument } from "../api/types";
import { FilterField, matches } from "../parts/filter_field";
import { settings } from "./live";

const typed = signal("");

export function SettingsPanel() {
  const all = settings.value;
  const shown = (all ?? []).filter(({ key, value, help, source }) => matches(typed.value, key, value, help, source));
  return (
    <section class="panel" aria-labelledby="settings-title">
      <header>
        <h2 id="settings-title" class="grow">
          Settings
        </h2>
        <FilterField label="Filter settings" words={typed} />
      </header>
      {shown.length > 0 ? (
        <div class="scroll" tabIndex={0} role="region" aria-labelledby="settings-title">
          <table class="settings">
            <thead>
              <tr>
                <th scope="col">Setting</th>
                <th scope="col">Value</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((setting) => (
                <Row key={setting.key} setting={setting} />
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="empty-state">{all === null ? "Asking the server…" : "No setting fits the filter. Clear it to see all."}</p>
      )}
    </section>
  );
}

function Row({ setting: { key, value, source, source_detail: detail, help } }: { setting: SettingDocument }) {
  return (
    <tr title={help}>
      <th scope="row" class="mono">
        {key}
      </th>
      <td class="mono value">{value === "" ? <span class="faint">(empty)</span> : value}</td>
      <td>{source === "default" ? <span class="faint">default</span> : <span class="tag accent">{detail && detail !== source ? `${source}: ${detail}` : source}</span>}</td>
    </tr>
  );
}
