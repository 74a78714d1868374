// The Monitor page as a test reads it.
import { until } from "./deadline.mjs";

export class MonitorPage {
  constructor(page) {
    this.page = page;
    this.tab = page.tab;
  }

  inside(name) {
    return this.tab.evaluate((wanted) => window.oriel?.monitor?.[wanted], name);
  }

  // Until the page has drawn at least so many samples.
  async untilSamples(least, options) {
    let seen = 0;
    await until(`${least} samples on the page`, async () => (seen = (await this.inside("samples")) ?? 0) >= least, {
      ...options,
      seen: () => `${seen} samples; console: ${this.page.complaints.join(" | ") || "silent"}`,
    });
    await this.nextFrame();
  }

  async untilState(wanted, options) {
    let seen = "";
    await until(`the stream to be ${wanted}`, async () => (seen = await this.inside("state")) === wanted, { ...options, seen: () => `it is ${seen}` });
  }

  nextFrame() {
    return this.tab.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }

  card(title) {
    return this.tab.getByRole("region", { name: title, exact: true });
  }

  // All figures of the page at one moment, with the sequence of the document they are of:
  // figures["CPU"]["total"] is "12.3 %". One reading, so that no update comes between.
  async figures() {
    return this.tab.evaluate(() => {
      const all = {};
      for (const card of document.querySelectorAll(".card-of-host")) {
        const its = (all[card.getAttribute("aria-label")] = {});
        for (const line of card.querySelectorAll("dl > div")) {
          its[line.querySelector("dt").textContent.trim()] ??= line.querySelector("dd").textContent.trim();
        }
      }
      return { sequence: window.oriel.monitor.sequence, all };
    });
  }

  // What each chart says to who does not see it.
  alternatives() {
    return this.tab.locator(".plot").evaluateAll((plots) => plots.map((plot) => plot.getAttribute("aria-label")));
  }
}

// The documents of a page's stream by their sequence, put together from deltas independently of the page.
export function recordStream(tab) {
  const documents = new Map();
  let last;
  tab.on("websocket", (socket) => {
    if (!socket.url().endsWith("/monitor")) return;
    socket.on("framereceived", ({ payload }) => {
      const document = JSON.parse(payload);
      if (document.type !== "monitoring_data") return;
      const data = document.base === undefined ? document.data : merged(documents.get(document.base)?.data, document.data);
      documents.set(document.sequence, (last = { ...document, data }));
    });
  });
  return { documents, last: () => last };
}

function merged(target, patch) {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result = typeof target === "object" && target !== null && !Array.isArray(target) ? structuredClone(target) : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}
