// A card for each network interface that is in use.

import { Chart } from "./chart";
import type { MonitorData, Traffic } from "./documents";
import { Card, Fact, Facts } from "./facts";
import { useNames } from "./names";
import type { Line } from "./plots";
import { rate, rateTop, size } from "./units";

const interfaceCharts_max = 6;

export function NetworkCards() {
  const all = useNames(({ network }) => network?.interfaces);
  const used = useNames(({ network }) => Object.fromEntries(Object.entries(network?.interfaces ?? {}).filter(([, { bytes_recv, bytes_sent }]) => bytes_recv + bytes_sent > 0)));
  const names = [...used].sort((a, b) => Number(a === "lo") - Number(b === "lo")).slice(0, interfaceCharts_max);
  const rest = all.filter((name) => !names.includes(name)); // those that never had anything to do among them
  return (
    <>
      {names.map((name) => (
        <InterfaceCard key={name} name={name} />
      ))}
      {rest.length > 0 && (
        <Card title="Other interfaces">
          <Facts>
            {rest.map((name) => (
              <Fact
                key={name}
                name={name}
                words={({ network }) => {
                  const traffic = network?.interfaces[name];
                  return traffic && `in ${rate(traffic.bytes_recv_per_s ?? 0)} · out ${rate(traffic.bytes_sent_per_s ?? 0)}`;
                }}
              />
            ))}
          </Facts>
        </Card>
      )}
    </>
  );
}

function InterfaceCard({ name }: { name: string }) {
  const lines: Line[] = [
    { name: "in", column: `net.${name}.in`, colour: "accent", isFilled: true },
    { name: "out", column: `net.${name}.out`, colour: "text-3" },
  ];
  const its = (data: MonitorData) => data.network?.interfaces[name];
  return (
    <Card title={`Network ${name}`}>
      <Chart spec={{ title: `Network ${name}`, lines, words: rate, top: rateTop }} />
      <Facts>
        <Fact name="In all, in and out" words={(data) => totals(its(data))} />
        <Fact name="Errors and drops" words={(data) => troubles(its(data))} />
      </Facts>
    </Card>
  );
}

function totals(traffic: Traffic | undefined): string | undefined {
  return traffic && `${size(traffic.bytes_recv)} · ${size(traffic.bytes_sent)}`;
}

function troubles(traffic: Traffic | undefined): string | undefined {
  return traffic && `${traffic.errors_in + traffic.errors_out} · ${traffic.drops_in + traffic.drops_out}`;
}
