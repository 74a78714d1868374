// The Monitor page: what the host is doing, live, and in the last hour.

import { connect, status } from "../connection/connection";
import { ToolButton } from "../parts/button";
import { NotLiveTag } from "../parts/not_live_tag";
import { hostName, may, session } from "../state/session";
import { AlertSpeech, AlertsPanel, AlertStrip, AlertTags } from "./alerts_panel";
import { BatteryCard, GpuCards, TemperaturesCard } from "./device_cards";
import { useFigure } from "./facts";
import { hovered_s, interval_s, intervals_s, isPaused, moment_s, range, ranges, togglePause, type RangeName } from "./live";
import { useHas } from "./names";
import { NetworkCards } from "./network_cards";
import { ProcessesPanel } from "./processes_panel";
import { LoadCard, MemoryCard, PressureCard, ProcessorCard } from "./processor_cards";
import { DisksCard, SpaceCard } from "./storage_cards";
import { streamMistake, streamStatus, tryNow } from "./stream";
import { CgroupCard, SystemCard } from "./system_cards";
import { clock, span } from "./units";

export function MonitorPage() {
  // Who is not signed in yet is asked for the password first.
  const isAllowed = session.value?.authenticated !== true || may("monitor");
  return (
    <div class="page monitor-page">
      <div class="page-head">
        <h1>Monitor</h1>
        {isAllowed && <Identity />}
        {isAllowed && (
          <>
            <StreamTag />
            <AlertTags />
            <Controls />
          </>
        )}
      </div>
      {streamMistake.value && (
        <p class="mistake" role="alert">
          {`The server said: ${streamMistake.value}`}
        </p>
      )}
      <AlertSpeech />
      {isAllowed && <AlertStrip />}
      {isAllowed ? <Host /> : <NotAllowed />}
    </div>
  );
}

function Identity() {
  const words = useFigure(({ system }) => system && [system.hostname, system.distribution ?? system.os_name, `up ${span(system.uptime_seconds ?? 0)}`].join(" · "));
  return <span class="caption">{words.value ?? hostName.value}</span>;
}

function NotAllowed() {
  return (
    <section class="panel">
      <p class="empty-state" role="status">
        You may not see what this host is doing: that takes the role “monitor”. Sign out and sign in with a password that has it, or ask whoever runs {hostName.value}.
      </p>
    </section>
  );
}

function Controls() {
  return (
    <div class="controls" role="group" aria-label="What the charts show">
      <div class="segments" role="group" aria-label="Range">
        {(Object.keys(ranges) as RangeName[]).map((name) => (
          <button key={name} type="button" aria-pressed={range.value === name} onClick={() => (range.value = name)}>
            {name}
          </button>
        ))}
      </div>
      <select class="choice" aria-label="Interval of the samples" value={interval_s.value} onChange={(event) => (interval_s.value = Number(event.currentTarget.value))}>
        {intervals_s.map((seconds) => (
          <option key={seconds} value={seconds}>{`every ${seconds} s`}</option>
        ))}
      </select>
      <ToolButton icon={isPaused.value ? "play" : "pause"} label={isPaused.value ? "Go on" : "Pause"} isPressed={isPaused.value} onClick={togglePause} />
    </div>
  );
}

// Whether what is shown is of now, of the moment pointed at, or old.
function StreamTag() {
  const server = status.value;
  const now = streamStatus.value;
  // While the server is away there is no stream; who tries is the connection.
  if (server.state === "waiting") return <NotLiveTag reason={server.title} left_s={server.left_s} tryNow={() => void connect()} />;
  if (now.state === "waiting") return <NotLiveTag reason={now.reason} left_s={now.left_s} tryNow={tryNow} />;
  if (now.state !== "live") return <span class="tag warn">{now.state === "connecting" ? "connecting…" : "not live"}</span>;
  return (
    <span class="tag">
      <Moment />
    </span>
  );
}

function Moment() {
  if (hovered_s.value !== null) return <>{`at ${clock(moment_s.value)}`}</>;
  if (isPaused.value) return <>{`paused at ${clock(moment_s.value)}`}</>;
  return (
    <>
      <span class="dot" />
      live
    </>
  );
}

function Host() {
  const hasAny = useFigure(() => true);
  const isLive = streamStatus.value.state === "live";
  const has = {
    processor: useHas(({ processor }) => processor),
    memory: useHas(({ memory }) => memory),
    load: useHas(({ load }) => load),
    pressure: useHas(({ pressure }) => pressure),
    disks: useHas(({ disks }) => disks?.devices),
    mounts: useHas(({ mounts }) => mounts),
    sensors: useHas(({ sensors }) => sensors),
    battery: useHas(({ battery }) => battery),
    cgroup: useHas(({ cgroup }) => cgroup),
    system: useHas(({ system }) => system),
  };
  if (!hasAny.value) return <NothingYet />;
  return (
    <>
      <div class={`cards ${isLive ? "" : "stale"}`}>
        {has.processor.value && <ProcessorCard />}
        {has.memory.value && <MemoryCard />}
        {has.load.value && <LoadCard />}
        {has.pressure.value && <PressureCard />}
        {has.disks.value && <DisksCard />}
        {has.mounts.value && <SpaceCard />}
        <NetworkCards />
        <GpuCards />
        {has.sensors.value && <TemperaturesCard />}
        {has.battery.value && <BatteryCard />}
        {has.cgroup.value && <CgroupCard />}
        {has.system.value && <SystemCard />}
      </div>
      <AlertsPanel />
      <ProcessesPanel />
    </>
  );
}

function NothingYet() {
  const isWaiting = [streamStatus.value.state, status.value.state].includes("waiting");
  return (
    <section class="panel">
      <p class="empty-state row" role="status">
        {!isWaiting && <span class="spinner" />}
        {isWaiting ? "The stream of figures could not be opened. It is tried again." : "Waiting for the first sample…"}
      </p>
    </section>
  );
}
