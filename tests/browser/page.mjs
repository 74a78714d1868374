// Debian's Chromium, and the page in it as a test sees it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { until } from "./deadline.mjs";

export class Page {
  // options: viewport {width, height}, colorScheme "light" or "dark", hasTouch, pixelRatio (of the display),
  // permissions (such as "clipboard-read"), hash (of the page asked for), reducedMotion "reduce", ignoreHTTPSErrors (go on
  // past the warning of an unknown certificate), before (called with Playwright's page before the address is opened).
  static async open(url, { viewport = { width: 1280, height: 800 }, colorScheme = "dark", hasTouch = false, pixelRatio = 1, permissions = [],
    hash = "", reducedMotion = "no-preference", ignoreHTTPSErrors = false, before = async () => {} } = {}) {
    const page = new Page();
    page.#profile = mkdtempSync(path.join(tmpdir(), "oriel-chromium-"));
    page.#context = await chromium.launchPersistentContext(page.#profile, {
      executablePath: "/usr/bin/chromium",
      headless: true,
      viewport,
      hasTouch,
      colorScheme,
      ignoreHTTPSErrors,
      reducedMotion,
      permissions,
      deviceScaleFactor: pixelRatio,
      acceptDownloads: true,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"],
    });
    page.tab = page.#context.pages()[0] ?? (await page.#context.newPage());
    page.tab.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      page.complaints.push(message.text());
    });
    page.tab.on("pageerror", (error) => page.complaints.push(String(error)));
    page.#context.on("request", (request) => page.requests.push(request.url()));
    page.tab.on("websocket", (socket) => page.requests.push(socket.url()));
    await before(page.tab);
    await page.tab.goto(url + hash);
    return page;
  }

  tab; // Playwright's page
  complaints = []; // errors and warnings on the console (a CSP violation is one), uncaught exceptions
  requests = []; // every URL asked for, WebSockets too
  #context;
  #profile = "";

  // Opens an address as if in a new browser, only faster: nothing is left of the page before, nor remembered.
  async visit(url, { viewport = { width: 1280, height: 800 }, colorScheme = "dark", reducedMotion = "no-preference" } = {}) {
    if (this.tab.url().startsWith("http")) await this.tab.evaluate(() => localStorage.clear());
    await this.tab.goto("about:blank");
    this.complaints.length = this.requests.length = 0;
    await this.tab.setViewportSize(viewport);
    await this.tab.emulateMedia({ colorScheme, reducedMotion });
    await this.tab.goto(url);
  }

  state() {
    return this.tab.evaluate(() => window.oriel?.state);
  }

  async untilState(wanted, timeout_ms = 15_000) {
    let last = "";
    await until(`the page to be "${wanted}"`, async () => (last = await this.state()) === wanted, {
      timeout_ms,
      seen: () => `it is "${last}"; console: ${this.complaints.join(" | ") || "silent"}`,
    });
  }

  // The words in the middle, or "" when there are none.
  words() {
    return this.tab.evaluate(() => (document.querySelector("#panel")?.innerText ?? "").replace(/\s+/g, " ").trim());
  }

  // The pixels of the canvas itself: not scaled, as noVNC drew them.
  async canvas() {
    const { width, height, base64 } = await this.tab.evaluate(() => {
      const canvas = document.querySelector("#screen canvas");
      // By way of a copy made for reading: Chromium warns of repeated readback from the page's own.
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      let text = "";
      for (let i = 0; i < data.length; i += 32768) text += String.fromCharCode(...data.subarray(i, i + 32768));
      return { width: canvas.width, height: canvas.height, base64: btoa(text) };
    });
    const rgba = Buffer.from(base64, "base64");
    const rgb = Buffer.alloc(width * height * 3);
    for (let from = 0, to = 0; from < rgba.length; from += 4) {
      rgb[to++] = rgba[from];
      rgb[to++] = rgba[from + 1];
      rgb[to++] = rgba[from + 2];
    }
    return { width, height, rgb };
  }

  tool(name) {
    return this.tab.getByRole("button", { name, exact: true });
  }

  // A field of the statistics, such as "Round trip": its value as a number, NaN when there is none.
  statistic(name) {
    return this.tab.evaluate((wanted) => {
      const term = [...document.querySelectorAll(".statistics dt")].find((dt) => dt.textContent === wanted);
      return Number.parseFloat(term?.nextElementSibling?.firstChild?.textContent?.replaceAll(",", "") ?? "");
    }, name);
  }

  // A session of Chromium's own protocol, for input that Playwright has no words for.
  protocol() {
    return this.#context.newCDPSession(this.tab);
  }

  async reload() {
    await this.tab.reload();
  }

  // What every page of ours must be at its end: nothing on the console, nothing asked of others.
  expectQuiet(origin) {
    assert.deepEqual(this.complaints, [], "nothing on the console");
    this.expectOnlyOrigin(origin);
  }

  expectOnlyOrigin(origin) {
    const host = new URL(origin).host;
    assert.ok(this.requests.length > 0);
    for (const url of this.requests) assert.equal(new URL(url).host, host, `a request to ${url}`);
  }

  async close() {
    await this.#context?.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}
