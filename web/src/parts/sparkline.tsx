// A small line of values over time, oldest first, from 0 to the largest. `slots` is how many values
// fill the width, so that a short history starts at the right place.

interface Props {
  values: readonly number[];
  slots: number;
  width: number;
  height: number;
  label: string;
  least?: number; // what the height stands for at least, so that noise looks like noise
  isWarning?: boolean;
}

export function Sparkline({ values, slots, width, height, label, least = 1e-9, isWarning = false }: Props) {
  const top = Math.max(...values, least) * 1.1;
  const x = (index: number): number => width - ((values.length - 1 - index) / (slots - 1)) * width;
  const y = (value: number): number => height - (value / top) * height;
  const line = values.map((value, i) => `${x(i).toFixed(1)} ${y(value).toFixed(1)}`).join("L");
  return (
    <svg class={`sparkline ${isWarning ? "warn" : ""}`} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {values.length > 1 && (
        <>
          <path class="area" d={`M${x(0).toFixed(1)} ${height}L${line}L${width} ${height}Z`} />
          <path class="line" d={`M${line}`} />
        </>
      )}
    </svg>
  );
}
