// A chart with its title, and beside it the figures of one moment: the one pointed at, or the latest.

import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { frame, hovered_s, moment_s, store } from "./live";
import { paletteVersion } from "./palette";
import { leavePointer, loadPlots, movePointer, Plot, type ChartSpec, type Line } from "./plots";
import { nearestIndex } from "./store";
import { clock } from "./units";
import { tell } from "../state/notices";

const none = "–";

// The figure of a column at the moment looked at; NaN when it is unknown.
function valueOf(column: string): number {
  const at = nearestIndex(store.times, moment_s.peek());
  return at < 0 ? Number.NaN : (store.values(column)[at] as number);
}

function wordsOf(line: Line, spec: ChartSpec): string {
  const value = valueOf(line.column);
  return Number.isNaN(value) ? none : spec.words(value);
}

// What the chart says to who cannot see it.
function sentenceOf(spec: ChartSpec): string {
  const figures = spec.lines.map((line) => `${line.name} ${wordsOf(line, spec)}`).join(", ");
  const when = hovered_s.peek() === null ? "now" : `at ${clock(moment_s.peek())}`;
  return `${spec.title}, ${when}: ${figures}`;
}

function setText(element: HTMLElement | null | undefined, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

// `key` it by its lines: a chart keeps what it was made with. `describe` says more than the lines do.
export function Chart({ spec, describe }: { spec: ChartSpec; describe?: () => string }) {
  const box = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDListElement>(null);
  useEffect(() => keepDrawn(box.current as HTMLElement, spec), []);
  useEffect(
    () =>
      effect(() => {
        moment_s.value;
        frame.value;
        const places = legend.current?.querySelectorAll("dd") ?? [];
        for (const [i, line] of spec.lines.entries()) setText(places[i], wordsOf(line, spec));
        box.current?.setAttribute("aria-label", describe ? describe() : sentenceOf(spec));
      }),
    [],
  );
  return (
    <div class="chart">
      {!spec.paint && (
        <dl ref={legend} class="legend" aria-hidden="true">
          {spec.lines.map((line) => (
            <div key={line.column}>
              <dt class={`swatch-${line.colour} ${line.isDashed ? "dashed" : ""}`}>{line.name}</dt>
              <dd>{none}</dd>
            </div>
          ))}
        </dl>
      )}
      <div ref={box} class="plot" role="img" tabIndex={0} aria-roledescription="chart" onKeyDown={moveByKeys} onBlur={leavePointer} />
    </div>
  );
}

// Makes the chart and draws it until the function returned is called.
function keepDrawn(box: HTMLElement, spec: ChartSpec): () => void {
  const endings: (() => void)[] = [];
  let isEnded = false;
  loadPlots().then(
    (its) => {
      if (isEnded) return;
      const plot = new Plot(its, box, spec);
      const isSeen = signal(false); // what is scrolled away is not drawn
      const resizing = new ResizeObserver(() => plot.fit(box));
      const scrolling = new IntersectionObserver((entries) => (isSeen.value = entries.at(-1)?.isIntersecting === true), { rootMargin: "200px" });
      resizing.observe(box);
      scrolling.observe(box);
      endings.push(
        () => resizing.disconnect(),
        () => scrolling.disconnect(),
        effect(() => {
          frame.value;
          if (isSeen.value) plot.draw();
        }),
        effect(() => {
          paletteVersion.value;
          plot.recolour();
        }),
        () => plot.destroy(),
      );
    },
    () => tell("The charts could not be loaded. Load the page again.", "error"),
  );
  return () => {
    isEnded = true;
    for (const end of endings) end();
  };
}

const moves: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -1e6, End: 1e6 };

function moveByKeys(event: KeyboardEvent): void {
  const by = moves[event.key];
  if (by !== undefined) movePointer(by);
  else if (event.key === "Escape") leavePointer();
  else return;
  event.preventDefault();
}
