// The Monitor page with the real server's stream of the real host.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "./deadline.mjs";
import { MonitorPage, recordStream } from "./monitor_page.mjs";
import { Server } from "./server.mjs";
import { withPage, withServer } from "./with.mjs";

// One for all that do not end theirs. The first test is the first to listen to it.
let server;
before(async () => {
  server = await Server.start({ flags: ["--alert-rules", "memory > 0.1, critical 99.9, for 2s"] });
});
after(() => server?.stop());

// A Monitor page that has drawn some samples, with what came over its stream.
async function withMonitor(its, { samples = 2, interval_s = 0.5 }, body) {
  let stream;
  const prepare = async (tab) => {
    stream = recordStream(tab);
    await tab.addInitScript((text) => localStorage.setItem("oriel.monitor_interval", text), String(interval_s));
  };
  await withPage(its.url, { hash: "#/monitor", before: prepare }, async (page) => {
    const monitor = new MonitorPage(page);
    await monitor.untilState("live", { timeout_ms: 15_000 });
    await monitor.untilSamples(samples, { timeout_ms: 20_000 });
    await body(monitor, stream, page);
  });
}

const cpu = (monitor) => monitor.card("CPU").locator(".plot").first();
const momentOf = async (monitor) => /, at (\d\d:\d\d:\d\d): (.*)/.exec(await cpu(monitor).getAttribute("aria-label")) ?? [];

// The first moments of the CPU's plot, oldest first, each with its time and its figures in words, read by keys.
async function momentsOf(monitor, count) {
  await cpu(monitor).focus();
  await monitor.tab.keyboard.press("Home");
  const moments = [];
  while (moments.length < count) {
    const [, time, said] = await momentOf(monitor);
    moments.push(`${time}: ${said}`);
    await monitor.tab.keyboard.press("ArrowRight");
  }
  return moments;
}

const percent = (value) => `${value.toFixed(1)} %`;

// The size that words such as "1.53 GiB" tell, and how exact they are.
function sizeOf(words) {
  const [, digits, unit] = /^(\d+(?:\.(?:\d+))?) (B|KiB|MiB|GiB|TiB)/.exec(words) ?? assert.fail(`${words} is no size`);
  const scale = 1024 ** ["B", "KiB", "MiB", "GiB", "TiB"].indexOf(unit);
  return { bytes: Number(digits) * scale, within: (scale * 0.5001) / 10 ** (digits.split(".")[1]?.length ?? 0) };
}

function assertSize(words, bytes) {
  const said = sizeOf(words);
  assert.ok(Math.abs(said.bytes - bytes) <= said.within, `${words} stands for ${bytes}`);
}

function expectFiguresOf({ memory, processor, load, network, mounts, system }, all) {
  assert.equal(Object.values(all.CPU)[0], percent(processor.usage_percent));
  assertSize(all.Memory.used, memory.total - memory.available);
  assert.ok(all.Memory.Used.startsWith(all.Memory.used) && all.Memory.Used.endsWith(percent(memory.usage_percent)), all.Memory.Used);
  assertSize(all.Memory.Available, memory.available);
  assert.equal(all.Load["1 min"], load.load1.toFixed(2));
  assert.equal(all.Load["15 min"], load.load15.toFixed(2));
  assert.equal(all.System.Host, system.hostname);
  const [name, traffic] = Object.entries(network.interfaces).find(([, { bytes_recv }]) => bytes_recv > 0);
  assertSize(all[`Network ${name}`].in.replace("/s", ""), traffic.bytes_recv_per_s);
  assertSize(all[`Network ${name}`].out.replace("/s", ""), traffic.bytes_sent_per_s);
  const [path, space] = Object.entries(mounts)[0];
  const [used, total] = all.Space[`${path} ${space.type}`].split(" of ");
  assertSize(used, space.used);
  assertSize(total, space.total);
}

test("An alert of the server appears in words while the page is watched", async () => {
  await withMonitor(server, { samples: 1, interval_s: 1 }, async (monitor, { last }, page) => {
    const panel = monitor.tab.getByRole("region", { name: "Alerts" }).first();
    assert.match(await panel.innerText(), /No alerts\./, "it has to last");
    await panel.getByText(/^High memory usage: \d+\.\d% \(threshold: 0\.1%\)$/).waitFor({ timeout: 15_000 });
    assert.equal(last().alerts[0].level, "WARNING");
    await monitor.tab.locator(".page-head").getByText("1 warning", { exact: true }).waitFor();
    assert.match(await panel.locator("tbody tr").first().innerText(), /^\d\d:\d\d:\d\d\s[\s\S]*for \d+ s$/);
    page.expectQuiet(server.url);
  });
});

test("A page that is opened later shows the samples of before", async () => {
  await withMonitor(server, { interval_s: 1 }, async (first, { documents }) => {
    // A page's first sample comes between those that the server keeps; the later ones are these.
    await until("four samples that came live", () => [...documents.keys()].filter((sequence) => sequence > 0).length >= 4);
    const known = await first.inside("samples");
    await withMonitor(server, { samples: known - 1, interval_s: 1 }, async (second, { documents: later }) => {
      const past = [...later.keys()].filter((sequence) => sequence < 1);
      assert.ok(past.length >= known - 2, `${past.length} samples of the past of ${known}`);
      await first.page.tool("Pause").click();
      await second.page.tool("Pause").click();
      const shown = (await momentsOf(first, known - 1)).at(-1);
      const again = await momentsOf(second, await second.inside("samples"));
      assert.ok(again.includes(shown), `what the first page shows, ${shown}, is in ${again.join("; ")}`);
    });
  });
});

test("The figures on the Monitor page are those of the stream, second after second", async () => {
  await withMonitor(server, {}, async (monitor, { documents }, page) => {
    const seen = new Set();
    let deltas = 0;
    await until("figures of five documents", async () => {
      const { sequence, all } = await monitor.figures();
      if (seen.has(sequence)) return false;
      const document = documents.get(sequence);
      if (!document) return false; // told to the page, and on its way to the test
      expectFiguresOf(document.data, all);
      seen.add(sequence);
      if (document.base !== undefined) deltas += 1;
      return seen.size >= 5;
    });
    assert.ok(deltas >= 3, "most are deltas");
    page.expectQuiet(server.url);
  });
});

test("A server that is killed and started again is watched again, without a reload", async () => {
  const first = await Server.start({});
  const ports = { httpPort: first.httpPort, vncPort: first.vncPort };
  try {
    await withMonitor(first, { samples: 3 }, async (monitor, stream, page) => {
      await monitor.tab.evaluate(() => (window.notReloaded = true));
      const known = await monitor.inside("samples");
      await monitor.tab.locator("main").evaluate((its) => its.scrollTo(0, its.scrollHeight / 2));
      await first.kill();
      await until("the charts to be dimmed", async () => (await monitor.tab.locator(".cards.stale .plot canvas").count()) > 3);
      assert.ok((await monitor.inside("samples")) >= known, "the samples stay");
      await page.untilState("waiting");
      assert.equal(await monitor.tab.locator(".veil").count(), 0, "nothing lies over the charts");
      await monitor.tab.locator(".page-head .tag").getByText(/^not live: .*(does not answer|was lost)\.$/).waitFor();
      await monitor.tab.locator(".page-head .tag").getByText(/^trying again in \d+ s$/).waitFor();
      await withServer(ports, async () => {
        await monitor.page.tool("Try now").click();
        await monitor.untilState("live", { timeout_ms: 20_000 });
        await monitor.untilSamples(known + 2);
        assert.equal(await monitor.tab.evaluate(() => window.notReloaded), true);
        assert.equal(await monitor.tab.locator(".cards.stale").count(), 0);
        assert.equal(await page.words(), "");
        const { sequence, all } = await monitor.figures();
        await until("the document in the test", () => stream.documents.has(sequence));
        expectFiguresOf(stream.documents.get(sequence).data, all);
      });
    });
  } finally {
    await first.kill();
  }
});

test("Without the password there is no stream; the view-only one is enough; signing out ends it", async () => {
  await withServer({ password: "sesame12", viewPassword: "look1234" }, async (server) => {
    const refused = await server.get("/monitor", { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==" });
    assert.ok([401, 403].includes(refused.status), `status ${refused.status}`);
    await withPage(server.url, { hash: "#/monitor" }, async (page) => {
      await page.untilState("password");
      assert.equal(page.requests.some((url) => /\/monitor$/.test(url)), false, "the stream is not even asked for");
      await page.tab.getByLabel("Password", { exact: true }).fill("look1234");
      await page.tool("Connect").click();
      const monitor = new MonitorPage(page);
      await monitor.untilSamples(1);
      await page.tool("Sign out").click();
      await page.untilState("password");
      await monitor.untilState("off");
      assert.equal(await monitor.inside("samples"), 0, "nothing of the host is left on the page");
      assert.equal(await page.tab.locator(".card-of-host").count(), 0);
    });
  });
});

test("What the Monitor page needs more is loaded when it is opened", async () => {
  await withPage(server.url, {}, async (page) => {
    await page.untilState("connected");
    const isLoaded = () => page.requests.some((url) => url.endsWith("/uplot.js"));
    assert.equal(isLoaded(), false);
    await page.tab.getByRole("link", { name: "Monitor" }).click();
    await new MonitorPage(page).untilSamples(1);
    await until("the charts", async () => (await page.tab.locator(".plot canvas").count()) > 3);
    assert.ok(isLoaded());
    assert.equal(await page.state(), "connected", "the desktop's connection stays");
    page.expectQuiet(server.url);
  });
});

test("Processes come from the host while their table is seen", async () => {
  await withMonitor(server, {}, async (monitor, { last }) => {
    assert.equal(last().data.processes, undefined);
    await monitor.page.tool("Top processes").scrollIntoViewIfNeeded();
    const table = monitor.tab.getByRole("region", { name: "Top processes" }).getByRole("table");
    await table.waitFor({ timeout: 10_000 });
    const [pids, told] = [await table.locator("tbody td:nth-child(2)").allInnerTexts(), last().data.processes];
    assert.ok(pids.length >= 5, `${pids.length} rows`);
    const known = new Set([...told.by_cpu, ...told.by_memory].map(({ pid }) => String(pid)));
    assert.ok(pids.filter((pid) => known.has(pid)).length >= pids.length / 2, "most are those of the newest document");
    await table.getByRole("button", { name: "Input and output" }).click();
    await until("those with most input and output", async () => {
      const listed = (last().data.processes?.by_io ?? []).map(({ pid }) => String(pid));
      const first = await table.locator("tbody td:nth-child(2)").allInnerTexts();
      return listed.length > 0 && first.every((pid) => listed.includes(pid));
    });
    assert.match(await table.locator("tbody td:nth-child(5)").first().innerText(), /^[\d.]+ [KMG]?i?B\/s$/);
    await monitor.page.tool("Top processes").click();
    await until("documents without processes", () => last().data.processes === undefined);
  });
});
