// Draws a column as a line: broken where a figure is unknown (NaN), and with one vertical stroke per
// pixel where samples are denser than pixels. uPlot's own lines want a copy with nulls.

import type uPlot from "uplot";

// In the canvas's pixels: where sample i is, and the range of samples.
interface Points {
  x: (i: number) => number;
  y: (i: number) => number; // NaN where it is unknown
  first: number;
  last: number;
}

export const linePath: uPlot.Series.PathBuilder = (plot, seriesIndex, first, last) => {
  const times = plot.data[0] as ArrayLike<number>;
  const values = plot.data[seriesIndex] as ArrayLike<number>;
  const { left, top, width, height } = plot.bbox;
  const { min: xMin = 0, max: xMax = 1 } = plot.scales["x"]!;
  const { min: yMin = 0, max: yMax = 1 } = plot.scales["y"]!;
  const xScale = width / (xMax! - xMin!);
  const yScale = height / (yMax! - yMin!);
  const points: Points = {
    x: (i) => Math.round(left + (times[i]! - xMin!) * xScale),
    y: (i) => top + height - (values[i]! - yMin!) * yScale,
    first,
    last,
  };
  const isFilled = plot.series[seriesIndex]!.fill !== undefined;
  return drawn(points, isFilled ? top + height : null);
};

// floor: the y down to which the area below the line is filled, or null.
function drawn(points: Points, floor: number | null): uPlot.Series.Paths {
  const stroke = new Path2D();
  const fill = floor === null ? null : new Path2D();
  for (let i = points.first; i <= points.last; ) {
    if (Number.isNaN(points.y(i))) i += 1;
    else i = drawUnbroken(points, i, floor, stroke, fill);
  }
  return { stroke, fill, flags: 1 };
}

// Draws from sample `from` to the last one that is known; returns the one behind it.
function drawUnbroken({ x, y, last }: Points, from: number, floor: number | null, stroke: Path2D, fill: Path2D | null): number {
  const start = x(from);
  let at = start;
  let least = y(from);
  let most = least;
  let previous = least;
  stroke.moveTo(at, least);
  fill?.moveTo(at, floor as number);
  fill?.lineTo(at, least);
  const finishPixel = (): void => {
    if (least === most) return;
    stroke.lineTo(at, least);
    stroke.lineTo(at, most);
    stroke.lineTo(at, previous);
    fill?.lineTo(at, least);
    fill?.lineTo(at, previous);
  };
  let i = from + 1;
  for (; i <= last; i += 1) {
    const here = y(i);
    if (Number.isNaN(here)) break;
    const column = x(i);
    if (column === at) {
      least = Math.min(least, here);
      most = Math.max(most, here);
    } else {
      finishPixel();
      at = column;
      least = most = here;
      stroke.lineTo(at, here);
      fill?.lineTo(at, here);
    }
    previous = here;
  }
  finishPixel();
  if (i === from + 1) stroke.lineTo(start + 1, least); // a single sample is a dot
  fill?.lineTo(at, floor as number);
  fill?.closePath();
  return i;
}
