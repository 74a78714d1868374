// Draws a column as a line: broken where a figure is unknown (NaN), and with one vertical stroke per
// pixel where samples are denser than pixels. uPlot's own lines want a copy with nulls.

import type uPlot from "uplot";

// The samples to draw, and how they map to the canvas's pixels.
interface Samples {
  times: Float64Array;
  values: Float64Array;
  last: number; // index
  xMin: number;
  xScale: number;
  left: number;
  yScale: number;
  bottom: number; // where 0 is
}

export const linePath: uPlot.Series.PathBuilder = (plot, seriesIndex, first, last) => {
  const { left, top, width, height } = plot.bbox;
  const { min: xMin, max: xMax } = plot.scales["x"] as { min: number; max: number };
  const { max: yMax } = plot.scales["y"] as { max: number };
  const samples: Samples = {
    times: plot.data[0] as Float64Array,
    values: plot.data[seriesIndex] as Float64Array,
    last,
    xMin,
    xScale: width / (xMax - xMin),
    left,
    yScale: height / yMax,
    bottom: top + height,
  };
  const stroke = new Path2D();
  const fill = plot.series[seriesIndex]?.fill === undefined ? null : new Path2D();
  for (let i = first; i <= last; ) {
    if (Number.isNaN(samples.values[i])) i += 1;
    else i = drawUnbroken(samples, i, stroke, fill);
  }
  return { stroke, fill, flags: 1 };
};

// Draws from sample `from` to the last one that is known; returns the one behind it.
function drawUnbroken({ times, values, last, xMin, xScale, left, yScale, bottom }: Samples, from: number, stroke: Path2D, fill: Path2D | null): number {
  const start = Math.round(left + ((times[from] as number) - xMin) * xScale);
  let at = start; // the pixel's column, with what is known of it:
  let least = bottom - (values[from] as number) * yScale;
  let most = least;
  let newest = least;
  stroke.moveTo(at, least);
  fill?.moveTo(at, bottom);
  fill?.lineTo(at, least);
  let i = from + 1;
  for (; i <= last; i += 1) {
    const y = bottom - (values[i] as number) * yScale;
    if (Number.isNaN(y)) break;
    const x = Math.round(left + ((times[i] as number) - xMin) * xScale);
    if (x === at) {
      if (y < least) least = y;
      else if (y > most) most = y;
    } else {
      if (least !== most) drawColumn(at, least, most, newest, stroke);
      fill?.lineTo(at, newest);
      at = x;
      least = most = y;
      stroke.lineTo(at, y);
    }
    newest = y;
  }
  if (least !== most) drawColumn(at, least, most, newest, stroke);
  if (i === from + 1) stroke.lineTo(start + 1, least); // a single sample is a dot
  fill?.lineTo(at, newest);
  fill?.lineTo(at, bottom);
  fill?.closePath();
  return i;
}

function drawColumn(x: number, least: number, most: number, newest: number, stroke: Path2D): void {
  stroke.lineTo(x, least);
  stroke.lineTo(x, most);
  if (newest !== most) stroke.lineTo(x, newest);
}
