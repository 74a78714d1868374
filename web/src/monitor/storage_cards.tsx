// Disks, and the space on their file systems.

import { Chart } from "./chart";
import { Card, Facts, Meter } from "./facts";
import { latest } from "./live";
import { lines_max, linesOf, useNames } from "./names";
import type { Line } from "./plots";
import { percent, rate, rateTop, size } from "./units";

const mounts_max = 12;
const hundred = (): number => 100;

const diskLines: readonly Line[] = [
  { name: "read", column: "disk.read", colour: "accent", isFilled: true },
  { name: "write", column: "disk.write", colour: "text-3" },
];

export function DisksCard() {
  const devices = useNames(({ disks }) => disks?.devices);
  return (
    <Card title="Disks" note={devices.slice(0, lines_max).join(", ")}>
      <Chart spec={{ title: "Disk throughput", lines: diskLines, words: rate, top: rateTop }} />
      <h3>Busy</h3>
      <Chart key={devices.join()} spec={{ title: "Busy disks", lines: linesOf(devices, "busy"), words: percent, top: hundred, height: 84 }} />
    </Card>
  );
}

export function SpaceCard() {
  const paths = useNames(({ mounts }) => mounts);
  return (
    <Card title="Space" note={paths.length > mounts_max ? `${mounts_max} of ${paths.length} file systems` : undefined}>
      <Facts>
        {paths.slice(0, mounts_max).map((path) => (
          <Meter
            key={path}
            name={path}
            note={latest.peek()?.mounts?.[path]?.type ?? ""}
            share={({ mounts }) => mounts?.[path]?.usage_percent}
            words={({ mounts }) => {
              const space = mounts?.[path];
              return space && `${size(space.used)} of ${size(space.total)}`;
            }}
          />
        ))}
      </Facts>
    </Card>
  );
}
