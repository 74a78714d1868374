// Charts on uPlot: each is made once and then drawn in place. uPlot itself is loaded when the first one
// is made, so that who only wants the desktop does not wait for it.

import type uPlot from "uplot";
import { hovered_s, shownSpan, store } from "./live";
import { linePath } from "./line_path";
import { colour, withOpacity, type Colour } from "./palette";
import { nearestIndex } from "./store";
import { clock, shortened } from "./units";

export interface Line {
  name: string;
  column: string;
  colour: Colour;
  isFilled?: boolean;
  isDashed?: boolean;
}

export interface ChartSpec {
  title: string;
  lines: readonly Line[];
  words: (value: number) => string; // of a figure, with its unit
  top: (largest: number) => number; // the upper end of the axis, given the largest figure shown
  // Draws more than lines, or something else, into the chart.
  paint?: (plot: uPlot) => void;
  ends?: readonly [lower: string, upper: string]; // words for the axis instead of figures
  height?: number;
}

const height_px = 112;
const axisWidth_px = 64;
const narrowest_px = 80;
const syncKey = "monitor";
const timeSteps_s = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800];
const labelSpace_px = 72;
const labelDigit_px = 7; // the widest that a character of a label may be
const rightPadding_px = 4;

export type PlotClass = typeof uPlot;
const plots = new Set<Plot>();

let loading: Promise<PlotClass> | null = null;

export function loadPlots(): Promise<PlotClass> {
  loading ??= import("uplot").then(({ default: its }) => its);
  loading.catch(() => (loading = null)); // the next chart tries again
  return loading;
}

export class Plot {
  private readonly plot: uPlot;
  private top = 0;

  constructor(
    its: PlotClass,
    box: HTMLElement,
    private readonly spec: ChartSpec,
  ) {
    this.plot = new its(optionsOf(spec, widthOf(box)), this.data(), box);
    plots.add(this);
  }

  destroy(): void {
    plots.delete(this);
    this.plot.destroy();
  }

  fit(box: HTMLElement): void {
    const width = widthOf(box);
    if (width !== this.plot.width) this.plot.setSize({ width, height: this.plot.height });
  }

  recolour(): void {
    this.plot.redraw(false, true);
  }

  // Shows what the store has for the span now looked at.
  draw(): void {
    const [begin, end] = shownSpan();
    if (!(end > begin)) return; // no sample yet
    const data = this.data();
    this.top = this.spec.top(largestIn(data, begin, end));
    this.plot.batch(() => {
      this.plot.setData(data, false);
      this.plot.setScale("x", { min: begin, max: end });
      this.plot.setScale("y", { min: 0, max: this.top });
    });
  }

  pointAt(time_s: number): void {
    this.plot.setCursor({ left: this.plot.valToPos(time_s, "x"), top: 0 }, false);
  }

  unpoint(): void {
    this.plot.setCursor({ left: -10, top: -10 }, false);
  }

  private data(): uPlot.AlignedData {
    return [store.times, ...this.spec.lines.map(({ column }) => store.values(column))];
  }
}

// By keys: all charts point at the sample that is `by` samples from the one pointed at, or from the last.
export function movePointer(by: number): void {
  const [begin, end] = shownSpan();
  const times = store.times;
  const at = nearestIndex(times, hovered_s.peek() ?? end);
  const first = nearestIndex(times, begin);
  const last = nearestIndex(times, end);
  const time_s = times[Math.min(last, Math.max(first, at + by))];
  if (time_s === undefined) return;
  hovered_s.value = time_s;
  for (const plot of plots) plot.pointAt(time_s);
}

export function leavePointer(): void {
  hovered_s.value = null;
  for (const plot of plots) plot.unpoint();
}

function widthOf(box: HTMLElement): number {
  return Math.max(narrowest_px, Math.floor(box.clientWidth));
}

function largestIn([times, ...columns]: uPlot.AlignedData, begin: number, end: number): number {
  let largest = 0;
  const first = Math.max(0, nearestIndex(times as Float64Array, begin));
  const last = nearestIndex(times as Float64Array, end);
  for (const column of columns as Float64Array[]) {
    for (let i = first; i <= last; i += 1) if (column[i]! > largest) largest = column[i]!;
  }
  return largest;
}

function seriesOf({ colour: name, isFilled, isDashed }: Line): uPlot.Series {
  return {
    scale: "y",
    auto: false,
    paths: linePath,
    width: 1, // px; wider ones take a browser without a GPU twice as long
    stroke: () => colour(name),
    ...(isFilled && { fill: () => withOpacity(colour(name), 0.14) }),
    ...(isDashed && { dash: [4, 3] }),
    points: { show: false },
  };
}

function optionsOf(spec: ChartSpec, width: number): uPlot.Options {
  const axis = {
    stroke: () => colour("text-3"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { show: false },
  };
  const yWords = (_plot: uPlot, splits: number[]): string[] =>
    spec.ends ? [spec.ends[0], ...splits.slice(1, -1).map(() => ""), spec.ends[1]] : splits.map((split) => shortened(spec.words(split)));
  return {
    width,
    height: spec.height ?? height_px,
    padding: [6, rightPadding_px, 0, 0],
    legend: { show: false },
    focus: { alpha: 1 },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: syncKey }, points: { size: 6 } },
    scales: { x: { time: false, auto: false }, y: { auto: false, range: (_plot, min, max) => [min, max] } },
    axes: [
      { ...axis, grid: { show: false }, size: 22, gap: 4, incrs: timeSteps_s, space: labelSpace_px, values: clockLabels },
      { ...axis, size: axisWidth_px, gap: 8, splits: (plot) => axisEnds(plot, spec), values: yWords },
    ],
    series: [{}, ...spec.lines.map(seriesOf)],
    hooks: {
      setCursor: [(plot) => pointed(plot)],
      ...(spec.paint && { draw: [spec.paint] }),
    },
  };
}

// The lower end, the middle and the upper end; without the middle where words stand at the ends.
function axisEnds({ scales }: uPlot, { ends }: ChartSpec): number[] {
  const top = scales["y"]?.max ?? 1;
  return ends ? [0, top] : [0, top / 2, top];
}

// The time at each split, which stands in the middle of its label. One so near the end that its label would be cut off
// there has none until it has moved in.
function clockLabels(plot: uPlot, splits: number[]): string[] {
  const end_px = plot.valToPos(plot.scales["x"]?.max ?? 0, "x") + rightPadding_px;
  return splits.map(clockWords(splits)).map((words, i) => {
    const half_px = (words.length * labelDigit_px) / 2;
    return plot.valToPos(splits[i]!, "x") + half_px <= end_px ? words : "";
  });
}

// Without seconds where all labels are whole minutes.
function clockWords(splits: readonly number[]): (split: number) => string {
  const isWhole = splits.every((split) => split % 60 === 0);
  return (split) => (isWhole ? clock(split).slice(0, 5) : clock(split));
}

// uPlot moves the cursors of all charts in step; each one tells, and all say the same moment.
function pointed({ cursor, data }: uPlot): void {
  const { idx, left = -1 } = cursor;
  const time_s = left >= 0 && idx !== null && idx !== undefined ? data[0][idx] : undefined;
  if (cursor.event === undefined && time_s === undefined) return;
  hovered_s.value = time_s ?? null;
}
