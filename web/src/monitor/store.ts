// The last hour of every figure, in typed arrays that the charts draw from without a copy.

const kept_s = 3600;
const kept_max = 7200; // samples: an hour at two per second
const room = 9000; // beyond kept_max, so that moving the rest to the front is rare

function emptyColumn(): Float64Array {
  return new Float64Array(room).fill(Number.NaN);
}

export class Store {
  private readonly allTimes = new Float64Array(room);
  private readonly columns = new Map<string, Float64Array>();
  private begin = 0; // of what is kept
  private end = 0;

  // Seconds, ascending: hostSeconds() of each sample. Valid until the next add().
  get times(): Float64Array {
    return this.allTimes.subarray(this.begin, this.end);
  }

  get size(): number {
    return this.end - this.begin;
  }

  // NaN where nothing is known. Valid until the next add().
  get lastTime(): number {
    return this.size > 0 ? (this.allTimes[this.end - 1] as number) : Number.NaN;
  }

  // The figures of a column, as many as `times`; NaN where nothing is known. Valid until the next add().
  values(column: string): Float64Array {
    return this.columnOf(column).subarray(this.begin, this.end);
  }

  // Adds a sample that is later than the last one; `fill` sets its figures. The others are unknown.
  add(time_s: number, fill: (set: (column: string, value: number | null | undefined) => void) => void): void {
    if (this.end === room) this.moveToFront();
    const at = this.end;
    this.allTimes[at] = time_s;
    fill((column, value) => {
      if (typeof value === "number") this.columnOf(column)[at] = value;
    });
    this.end += 1;
    while (this.size > kept_max || (this.allTimes[this.begin] as number) < time_s - kept_s) this.begin += 1;
  }

  clear(): void {
    this.begin = this.end = 0;
    this.columns.clear();
  }

  // Moves all samples by some seconds: the host's clock was set.
  shift(by_s: number): void {
    for (let i = this.begin; i < this.end; i += 1) this.allTimes[i]! += by_s;
  }

  private columnOf(name: string): Float64Array {
    let column = this.columns.get(name);
    if (!column) this.columns.set(name, (column = emptyColumn()));
    return column;
  }

  private moveToFront(): void {
    const { begin, size } = this;
    this.allTimes.copyWithin(0, begin, this.end);
    for (const column of this.columns.values()) {
      column.copyWithin(0, begin, this.end);
      column.fill(Number.NaN, size);
    }
    this.begin = 0;
    this.end = size;
  }
}

// The index of the time nearest to `time_s`; -1 when there are none. O(log n).
export function nearestIndex(times: Float64Array, time_s: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < time_s) low = middle + 1;
    else high = middle;
  }
  const isEarlierNearer = low > 0 && time_s - (times[low - 1] as number) < (times[low] as number) - time_s;
  return times.length === 0 ? -1 : low - (isEarlierNearer ? 1 : 0);
}
