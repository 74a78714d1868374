// The use of every processor core over time as a map: a row per core, darker to brighter.

import type uPlot from "uplot";
import { store } from "./live";
import { colour } from "./palette";
import { nearestIndex } from "./store";

const picture = document.createElement("canvas"); // one pixel per core and column; drawn from at once

// What draws the map of these columns into a chart, between the ends of its axes.
export function coreMapPainter(columns: readonly string[]): (plot: uPlot) => void {
  return (plot) => {
    const { left, top, width, height } = plot.bbox;
    const { min, max } = plot.scales["x"]!;
    if (typeof min !== "number" || typeof max !== "number" || width < 1) return;
    const cell_px = Math.max(2, Math.round(2 * devicePixelRatio));
    const across = Math.max(1, Math.floor(width / cell_px));
    picture.width = across;
    picture.height = columns.length;
    const drawing = picture.getContext("2d") as CanvasRenderingContext2D;
    const image = drawing.createImageData(across, columns.length);
    for (const [row, column] of columns.entries()) {
      fillRow(image, row, store.values(column), min, (max - min) / across);
    }
    drawing.putImageData(image, 0, 0);
    plot.ctx.imageSmoothingEnabled = false;
    plot.ctx.drawImage(picture, left, top, width, height);
  };
}

// Each cell shows the busiest moment of its span.
function fillRow({ data, width }: ImageData, row: number, values: Float64Array, begin_s: number, cell_s: number): void {
  const [red = 0, green = 0, blue = 0] = channels();
  const { times } = store;
  let i = Math.max(0, nearestIndex(times, begin_s));
  let shade = Number.NaN;
  for (let x = 0; x < width; x += 1) {
    const end_s = begin_s + (x + 1) * cell_s;
    let most = Number.NaN;
    for (; i < times.length && times[i]! <= end_s; i += 1) {
      if (!(values[i]! <= most)) most = values[i]!;
    }
    // A span without a sample shows the one before, unless that is long ago.
    if (!Number.isNaN(most)) shade = most;
    else if (i === 0 || end_s - times[i - 1]! > 30 || Number.isNaN(values[i - 1]!)) shade = Number.NaN;
    if (Number.isNaN(shade)) continue;
    const at = (row * width + x) * 4;
    data[at] = red;
    data[at + 1] = green;
    data[at + 2] = blue;
    data[at + 3] = Math.round(20 + Math.min(100, shade) * 2.3);
  }
}

function channels(): number[] {
  return (colour("accent").match(/\d+/g) ?? []).map(Number);
}
