// For admins: who watches, what the server does, how it was set up; live.

import { useEffect } from "preact/hooks";
import { isStreamLive } from "../api/events";
import { connect, status } from "../connection/connection";
import { NotLiveTag } from "../parts/not_live_tag";
import { bytes } from "../state/format";
import { session } from "../state/session";
import { desktop, loadStatus, settingsTrouble, viewers } from "./live";
import { LogPanel } from "./log_panel";
import { SettingsPanel } from "./settings_panel";
import { ViewersPanel } from "./viewers_panel";

export function StatusPage() {
  const isLive = isStreamLive.value;
  useEffect(() => void loadStatus(), [isLive]);
  return (
    <div class="page status-page">
      <div class="page-head">
        <h1>Status</h1>
        <span class="caption">{session.value && `oriel ${session.value.version} · ${session.value.name}`}</span>
        <StreamTag />
      </div>
      {settingsTrouble.value && (
        <p class="mistake" role="alert">
          {settingsTrouble.value}
        </p>
      )}
      <Summary />
      <ViewersPanel />
      <div class="split">
        <SettingsPanel />
        <LogPanel />
      </div>
    </div>
  );
}

function StreamTag() {
  const server = status.value;
  if (server.state === "waiting") return <NotLiveTag reason={server.title} left_s={server.left_s} tryNow={() => void connect()} />;
  if (!isStreamLive.value) return <span class="tag warn">not live: the stream is being opened again</span>;
  return <span class="tag">live</span>;
}

function Summary() {
  const all = viewers.value ?? [];
  const owner = all.find(({ has_control }) => has_control);
  const latencies = all.flatMap(({ latency_ms }) => latency_ms ?? []);
  const isSingle = desktop.value?.control.policy === "single";
  const size = desktop.value?.geometry;
  return (
    <dl class="summary">
      <Figure name="Viewers" value={String(all.length)} unit="connected" />
      <Figure name="Frames, all viewers" value={sum(all.map((viewer) => viewer.frames_per_s)).toFixed(1)} unit="fps" />
      <Figure name="Slowest round trip" value={latencies.length > 0 ? Math.max(...latencies).toFixed(1) : "–"} unit="ms" />
      <Figure name="Out, all viewers" {...perSecond(sum(all.map((viewer) => viewer.bytes_per_s)))} />
      <Figure name="In control" value={isSingle ? (owner ? `#${owner.id}` : "nobody") : "everybody"} unit={isSingle ? (owner?.peer ?? "") : ""} />
      <Figure name="Desktop" value={size ? `${size.width}×${size.height}` : "–"} unit={desktop.value?.state ?? ""} />
    </dl>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function perSecond(count: number): { value: string; unit: string } {
  const [value = "0", unit = "B"] = bytes(count).split(" ");
  return { value, unit: `${unit}/s` };
}

function Figure({ name, value, unit }: { name: string; value: string; unit: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value} <small>{unit}</small>
      </dd>
    </div>
  );
}
