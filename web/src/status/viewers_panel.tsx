// The viewers as a table; each can be sent a message, given control, or sent away.

import { signal } from "@preact/signals";
import type { ViewerDocument } from "../api/types";
import { Button } from "../parts/button";
import { FilterField, matches } from "../parts/filter_field";
import { Icon } from "../parts/icon";
import { Sparkline } from "../parts/sparkline";
import { bytes, duration } from "../state/format";
import { orTell } from "../state/notices";
import { tag } from "../state/session";
import { desktop, endControl, giveControl, viewers } from "./live";
import { ViewerDialog, dialog } from "./viewer_dialog";

const slow_ms = 100; // a round trip that people feel
const history_s = 60;
const typed = signal("");

const columns: readonly [name: string, kind: string][] = [
  ["Viewer", ""],
  ["Role", ""],
  ["Link", "minor"],
  ["Encoding", "minor"],
  ["Connected", "number minor"],
  ["fps", "number"],
  ["Latency, 1 min", "minor"],
  ["ms", "number"],
  ["kB/s", "number"],
  ["Sent", "number"],
  ["Received", "number minor"],
];

export function ViewersPanel() {
  const all = viewers.value;
  const shown = (all ?? []).filter((viewer) => matches(typed.value, viewer.peer, viewer.role, viewer.transport, viewer.encoding, nameOf(viewer)));
  return (
    <section class="panel" aria-labelledby="viewers-title">
      <header>
        <h2 id="viewers-title" class="grow">
          Viewers
        </h2>
        <FilterField label="Filter viewers" words={typed} />
      </header>
      {shown.length > 0 ? (
        <div class="scroll" tabIndex={0} role="region" aria-labelledby="viewers-title">
          <table>
            <thead>
              <tr>
                {columns.map(([name, kind]) => (
                  <th key={name} class={kind} scope="col">
                    {name}
                  </th>
                ))}
                <th class="actions" scope="col">
                  <span class="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((viewer) => (
                <Row key={viewer.id} viewer={viewer} />
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="empty-state">{emptyWords(all)}</p>
      )}
      {dialog.value && <ViewerDialog key={`${dialog.value.kind}${dialog.value.viewer.id}`} asked={dialog.value} />}
    </section>
  );
}

function emptyWords(all: readonly ViewerDocument[] | null): string {
  if (all === null) return "Asking the server…";
  if (all.length === 0) return "Nobody is watching. Open the Desktop page, or connect a VNC viewer.";
  return "No viewer fits the filter. Clear it to see all.";
}

function nameOf({ tag: its, id }: ViewerDocument): string {
  return its === tag ? "You" : `#${id}`;
}

function Row({ viewer }: { viewer: ViewerDocument }) {
  const { latency_ms: latency } = viewer;
  const isSteering = viewer.has_control && desktop.value?.control.policy === "single";
  const isSlow = latency !== null && latency > slow_ms;
  return (
    <tr>
      <th scope="row">
        <b>{nameOf(viewer)}</b> <span class="soft">{viewer.peer}</span>
        {isSteering && (
          <span class="tag accent">
            <Icon name="pointer" class="small" />
            in control
          </span>
        )}
      </th>
      <td>{viewer.role}</td>
      <td class="minor soft">{viewer.transport === "websocket" ? "WebSocket" : "VNC"}</td>
      <td class="minor soft" title={viewer.pixel_format}>
        {viewer.encoding}
      </td>
      <td class="number minor soft">{duration(viewer.connected_s)}</td>
      <td class="number">{viewer.frames_per_s.toFixed(1)}</td>
      <td class="minor">
        <Sparkline values={viewer.latency_history_ms} slots={history_s} width={116} height={16} least={5} label={`Latency of ${viewer.peer}`} isWarning={isSlow} />
      </td>
      <td class={`number ${isSlow ? "warn" : ""}`}>{latency === null ? "–" : latency.toFixed(1)}</td>
      <td class="number">{(viewer.bytes_per_s / 1000).toFixed(1)}</td>
      <td class="number soft">{bytes(viewer.bytes_sent)}</td>
      <td class="number minor soft">{bytes(viewer.bytes_received)}</td>
      <td class="actions">
        <Actions viewer={viewer} />
      </td>
    </tr>
  );
}

function Actions({ viewer }: { viewer: ViewerDocument }) {
  const { id, peer, has_control: hasControl, role } = viewer;
  const canSteer = desktop.value?.control.policy === "single" && role === "control";
  return (
    <>
      {canSteer && (
        <Button kind="ghost" size="small" label={`${hasControl ? "End control of" : "Give control to"} ${peer}`} onClick={() => void orTell(() => (hasControl ? endControl(id) : giveControl(id)))}>
          {hasControl ? "End control" : "Give control"}
        </Button>
      )}
      {viewer.tag !== null && (
        <Button kind="ghost" size="small" label={`Message ${peer}`} onClick={() => (dialog.value = { kind: "message", viewer })}>
          Message
        </Button>
      )}
      <Button kind="danger" size="small" label={`Disconnect ${peer}`} onClick={() => (dialog.value = { kind: "disconnect", viewer })}>
        Disconnect
      </Button>
    </>
  );
}
