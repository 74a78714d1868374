// Figures as people read them. Sizes count in 1024s, as memory does, and say so.

const sizes = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

// Three digits, no more: "0", "1.53", "15.3", "153".
function digits(value: number): string {
  if (value === 0) return "0";
  const places = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return value.toFixed(places);
}

export function percent(value: number): string {
  return `${value.toFixed(1)} %`;
}

export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < sizes.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : digits(value)} ${sizes[unit]}`;
}

export function rate(bytesPerSecond: number): string {
  return `${size(bytesPerSecond)}/s`;
}

export function load(value: number): string {
  return value.toFixed(2);
}

export function celsius(value: number): string {
  return `${value.toFixed(1)} °C`;
}

export function watts(value: number): string {
  return `${value.toFixed(1)} W`;
}

// For the ends of an axis, which are round: no needless decimals.
export function shortened(words: string): string {
  return words.replace(/(\.\d*?)0+(?= |$)/, "$1").replace(/\.(?= |$)/, "");
}

// "41 d 6 h", "6 h 12 min", "12 min", "40 s".
export function span(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${Math.max(0, Math.floor(seconds))} s`;
}

// The host's clock at hostSeconds(): "14:32:07".
export function clock(host_s: number): string {
  return new Date(host_s * 1000).toISOString().slice(11, 19);
}

// The smallest round number that is at least `value`: for the upper end of an axis. `base` is 1024 for
// sizes, so that they are round in their unit.
export function roundUp(value: number, base: 1000 | 1024): number {
  const steps = [1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400, 600, 800];
  let unit = base === 1000 ? 1e-3 : 1;
  while (unit * base < value) unit *= base;
  return unit * (steps.find((step) => unit * step >= value) ?? base);
}

// For charts of rates, which show at least this much.
export function rateTop(largest: number): number {
  return roundUp(Math.max(1024, largest), 1024);
}
