// The connection in numbers, above the picture. Moved by its head or with the arrow keys on its grip.

import { useRef } from "preact/hooks";
import { ToolButton } from "../parts/button";
import { Icon } from "../parts/icon";
import { Sparkline } from "../parts/sparkline";
import { copyHere } from "../state/clipboard";
import { bytes, duration, percent } from "../state/format";
import { orTell, tell } from "../state/notices";
import { isStatisticsShown, scale, statisticsOffset, type Point } from "../state/preferences";
import { asText, reading, type EncodingShare, type Reading } from "../state/statistics";

const history_s = 60;
const keyStep_px = 16;
const scaleWords = { fit: "fit", one: "1:1", match: "match" } as const;

export function StatisticsOverlay() {
  const box = useRef<HTMLElement>(null);
  const now = reading.value;
  const { x, y } = statisticsOffset.value;
  return (
    <aside ref={box} class="statistics" aria-label="Statistics" style={{ right: `${x}px`, top: `${y}px` }}>
      <header onPointerDown={(event) => drag(event, box.current)}>
        <button type="button" class="tool grip" aria-label="Move the statistics with the arrow keys" onKeyDown={(event) => moveByKey(event, box.current)}>
          <Icon name="grip" />
        </button>
        <h2>Statistics</h2>
        <ToolButton icon="copy" label="Copy as text" isDisabled={now === null} onClick={() => now && copy(now)} />
        <ToolButton icon="x" label="Close statistics" onClick={() => (isStatisticsShown.value = false)} />
      </header>
      {now ? <Numbers now={now} /> : <p class="empty-state">Counting for one second…</p>}
    </aside>
  );
}

function copy(now: Reading): void {
  void orTell(async () => {
    await copyHere(asText(now));
    tell("Statistics copied.");
  });
}

function Numbers({ now }: { now: Reading }) {
  return (
    <>
      <dl>
        <Row name="Frames decoded" value={now.framesPerS.toFixed(1)} unit="fps" />
        <Row name="Data" value={now.kilobytesPerS.toLocaleString("en", { maximumFractionDigits: now.kilobytesPerS < 100 ? 1 : 0 })} unit="kB/s" />
      </dl>
      <Sparkline values={now.history} slots={history_s} width={270} height={32} least={10} label="Data of the last minute" />
      <dl>
        <Row name="Round trip" value={milliseconds(now.roundTrip_ms)} unit="ms" />
        <Row name="Decode, per frame" value={milliseconds(now.decodePerFrame_ms)} unit="ms" />
        <Row name="Picture" value={`${now.width}×${now.height}`} unit={scaleWords[scale.value]} />
      </dl>
      <Mix shares={now.shares} />
      <p class="foot">
        <span>{duration(now.connected_s)}</span>
        <span>{bytes(now.bytes)}</span>
        <span>{`${now.frames.toLocaleString("en")} frames`}</span>
      </p>
    </>
  );
}

function Row({ name, value, unit }: { name: string; value: string; unit: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {value}
        <small>{unit}</small>
      </dd>
    </>
  );
}

function milliseconds(value: number | null): string {
  if (value === null) return "–";
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

// The share of each encoding in the bytes of pixels, largest first.
function Mix({ shares }: { shares: readonly EncodingShare[] }) {
  if (shares.length === 0) return null;
  const visible = shares.slice(0, 4);
  return (
    <>
      <div class="mix" aria-hidden="true">
        {visible.map(({ name, share }, i) => (
          <i key={name} class={`shade-${i}`} style={{ flexGrow: Math.max(share, 0.01) }} />
        ))}
      </div>
      <ul class="legend" aria-label="Share of encodings">
        {visible.map(({ name, share, rects }, i) => (
          <li key={name} title={`${rects} rectangles`}>
            <i class={`swatch shade-${i}`} />
            {`${name} ${percent(share)}`}
          </li>
        ))}
      </ul>
    </>
  );
}

// Keeps the box inside the page it lies on.
function moveTo(wanted: Point, box: HTMLElement | null): void {
  const page = box?.parentElement;
  if (!box || !page) return;
  const clamp = (value: number, room: number): number => Math.max(0, Math.min(value, room));
  statisticsOffset.value = {
    x: clamp(wanted.x, page.clientWidth - box.offsetWidth),
    y: clamp(wanted.y, page.clientHeight - box.offsetHeight),
  };
}

function drag(event: PointerEvent, box: HTMLElement | null): void {
  if ((event.target as Element).closest("button:not(.grip)")) return;
  const head = event.currentTarget as HTMLElement;
  const begin = statisticsOffset.peek();
  const move = ({ clientX, clientY }: PointerEvent): void =>
    moveTo({ x: begin.x - (clientX - event.clientX), y: begin.y + (clientY - event.clientY) }, box);
  head.setPointerCapture(event.pointerId);
  head.addEventListener("pointermove", move);
  head.addEventListener("lostpointercapture", () => head.removeEventListener("pointermove", move), { once: true });
}

function moveByKey(event: KeyboardEvent, box: HTMLElement | null): void {
  const steps: Record<string, [number, number]> = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  const { x, y } = statisticsOffset.peek();
  moveTo({ x: x + step[0] * keyStep_px, y: y + step[1] * keyStep_px }, box);
}
