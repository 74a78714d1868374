// GPUs, temperatures and batteries.

import { Chart } from "./chart";
import type { MonitorData } from "./documents";
import { Card, Fact, Facts, Meter, optional, useFigure } from "./facts";
import { lines_max, linesOf, useNames } from "./names";
import type { Line } from "./plots";
import { celsius, percent, size, span, watts } from "./units";

const hundred = (): number => 100;

export function GpuCards() {
  const count = useFigure(({ gpus }) => gpus?.length);
  return (
    <>
      {Array.from({ length: count.value ?? 0 }, (_, i) => (
        <GpuCard key={i} index={i} />
      ))}
    </>
  );
}

function GpuCard({ index }: { index: number }) {
  const its = (data: MonitorData) => data.gpus?.[index];
  const name = useFigure((data) => its(data)?.name);
  const hasMemory = useFigure((data) => its(data)?.memory_total !== undefined);
  const lines: Line[] = [{ name: "busy", column: `gpu.${index}.busy`, colour: "accent", isFilled: true }];
  if (hasMemory.value) lines.push({ name: "memory", column: `gpu.${index}.memory`, colour: "text-3" });
  return (
    <Card title={`GPU ${index}`} note={name.value ?? ""}>
      <Chart key={lines.length} spec={{ title: `GPU ${index}`, lines, words: percent, top: hundred }} />
      <Facts>
        {hasMemory.value && (
          <Meter
            name="Memory"
            share={(data) => share(its(data)?.memory_used, its(data)?.memory_total)}
            words={(data) => `${size(its(data)?.memory_used ?? 0)} of ${size(its(data)?.memory_total ?? 0)}`}
          />
        )}
        <Fact name="Temperature" words={(data) => optional(its(data)?.temperature, celsius)} />
        <Fact name="Power" words={(data) => optional(its(data)?.power_draw, (draw) => `${watts(draw)}${optional(its(data)?.power_limit, (limit) => ` of ${watts(limit)}`) ?? ""}`)} />
        <Fact name="Clock" words={(data) => optional(its(data)?.clock_mhz, (mhz) => `${Math.round(mhz)} MHz`)} />
      </Facts>
    </Card>
  );
}

function share(part: number | undefined, whole: number | undefined): number | null {
  return part !== undefined && whole ? (part / whole) * 100 : null;
}

export function TemperaturesCard() {
  const names = useNames(({ sensors }) => sensors);
  const top = (largest: number): number => Math.max(100, Math.ceil(largest / 20) * 20);
  return (
    <Card title="Temperatures" note={names.length > lines_max ? `${names.length} sensors, ${lines_max} in the chart` : undefined}>
      <Chart key={names.join()} spec={{ title: "Temperatures", lines: linesOf(names, "temperature"), words: celsius, top }} />
      <Facts>
        {names.map((name) => (
          <Fact
            key={name}
            name={name}
            words={({ sensors }) => {
              const sensor = sensors?.[name];
              const limit = sensor?.critical ?? sensor?.high;
              return sensor && `${celsius(sensor.temperature)}${limit === undefined ? "" : ` of ${celsius(limit)}`}`;
            }}
          />
        ))}
      </Facts>
    </Card>
  );
}

export function BatteryCard() {
  const names = useNames(({ battery }) => battery);
  return (
    <Card title={names.length > 1 ? "Batteries" : "Battery"}>
      <Chart key={names.join()} spec={{ title: "Battery", lines: linesOf(names, "battery"), words: percent, top: hundred }} />
      <Facts>
        {names.map((name) => (
          <Fact
            key={name}
            name={name}
            words={({ battery }) => {
              const its = battery?.[name];
              return its && [its.status, optional(its.power_watts, watts), optional(its.seconds_left, (left) => `${span(left)} left`)].filter(Boolean).join(" · ");
            }}
          />
        ))}
      </Facts>
    </Card>
  );
}
