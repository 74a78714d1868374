import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { until } from "./deadline.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";

// A listening desktop with the pointer on it, so that keys go to it.
async function withListening(options, body) {
  await withServer({ session: sessions.listening }, async (server) => {
    await withPage(server.url, options, async (page) => {
      await page.untilState("connected");
      await page.tab.mouse.move(300, 300);
      const events = () => server.sessionFile("events");
      await until("the listener to be there", () => events().length > 0 || server.run("xdotool", ["search", "--name", "Event Tester"]).then(() => true, () => false));
      const untilEvents = (what, read, wanted) =>
        until(what, () => JSON.stringify(read(events())) === JSON.stringify(wanted), { seen: () => JSON.stringify(read(events())) });
      await body(page, server, untilEvents);
      page.expectQuiet(server.url);
    });
  });
}

test("View only keeps keys and clicks from the desktop, until it is switched off", async () => {
  await withListening({}, async (page, server, untilEvents) => {
    await page.tool("View only").click();
    await page.tab.mouse.click(300, 300);
    await page.tab.keyboard.press("a");
    await page.tool("View only").click();
    await page.tab.mouse.click(300, 300);
    await page.tab.keyboard.press("b");
    await untilEvents("only the second key", sessions.pressed, [0x62]);
    await untilEvents("only the second click", sessions.clicked, [1]);
  });
});

test("The Keys panel sends combinations in order and lets go in reverse", async () => {
  await withListening({}, async (page, server, untilEvents) => {
    await page.tool("Keys").click();
    await page.tool("Ctrl Alt Del").click();
    const [control, alt, del] = ["0xffe3", "0xffe9", "0xffff"];
    await untilEvents("Ctrl-Alt-Del", sessions.keyed, [`+${control}`, `+${alt}`, `+${del}`, `-${del}`, `-${alt}`, `-${control}`]);
    await page.tab.keyboard.press("Escape");
    assert.equal(await page.tab.getByRole("dialog", { name: "Keys" }).count(), 0, "Escape closes the panel");
    assert.equal(await page.tab.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Keys", "the focus is where it was");
  });
});

test("A held key stays down until it is released", async () => {
  await withListening({}, async (page, server, untilEvents) => {
    await page.tool("Keys").click();
    await page.tool("Shift").click();
    await untilEvents("Shift to be down", sessions.keyed, ["+0xffe1"]);
    assert.equal(await page.tool("Shift").getAttribute("aria-pressed"), "true");
    await page.tool("Release all").click();
    await untilEvents("Shift to be up", sessions.keyed, ["+0xffe1", "-0xffe1"]);
  });
});

test("Any combination can be pressed into the panel and sent", async () => {
  await withListening({}, async (page, server, untilEvents) => {
    await page.tool("Keys").click();
    await page.tab.getByRole("textbox", { name: "Any combination" }).press("Control+Shift+P");
    await page.tool("Send").click();
    await untilEvents("Ctrl-Shift-P", (events) => sessions.keyed(events).slice(0, 2), ["+0xffe3", "+0xffe1"]);
    await until("P", () => /keysym 0x(50|70)/.test(server.sessionFile("events")));
  });
});

test("Keys that are down when the focus leaves the desktop are let go", async () => {
  await withListening({}, async (page, server, untilEvents) => {
    await page.tab.keyboard.down("Shift");
    await untilEvents("Shift to be down", sessions.keyed, ["+0xffe1"]);
    await page.tool("View only").focus();
    await untilEvents("Shift to be up", sessions.keyed, ["+0xffe1", "-0xffe1"]);
    await page.tab.keyboard.up("Shift");
  });
});

test("Fit, 1:1 and Match my window scale as they say, on a display of two pixels per point", async () => {
  await withServer({ session: sessions.picture }, async (server) => {
    await withPage(server.url, { pixelRatio: 2, viewport: { width: 1000, height: 700 } }, async (page) => {
      await page.untilState("connected");
      const choose = async (words) => {
        await page.tool("Scale and quality").click();
        await page.tab.getByRole("menuitemradio", { name: new RegExp(`^${words}`) }).click();
      };
      const width = () => page.tab.locator("#screen canvas").evaluate((canvas) => canvas.getBoundingClientRect().width);
      assert.ok((await width()) > 640 && (await width()) <= 1000, "fitted");

      await choose("1:1");
      assert.equal(await width(), 1280 / 2, "a pixel of the desktop is one of the display");
      await page.reload();
      await page.untilState("connected");
      assert.equal(await width(), 1280 / 2, "the choice is remembered");

      await choose("Match my window");
      await until("the desktop to have the window's size", async () => (await page.canvas()).width === 1000);
      assert.equal((await page.canvas()).height, 700);
      assert.match((await server.run("xrandr", [])).toString(), /current 1000 x 700/);

      await page.tab.setViewportSize({ width: 1100, height: 720 });
      await until("the desktop to follow the window", async () => (await page.canvas()).width === 1100);
      page.expectOnlyOrigin(server.url); // noVNC keeps the picture over a resize, which Chromium warns of
    });
  });
});

test("Quality asks the server for other levels", async () => {
  await withServer({ session: sessions.picture }, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      const levels = () => page.tab.evaluate(() => [window.oriel.rfb.qualityLevel, window.oriel.rfb.compressionLevel]);
      const auto = await levels();
      for (const [words, isBetter] of [["Fast", (q) => q < auto[0]], ["Sharp", (q) => q > auto[0]]]) {
        await page.tool("Scale and quality").click();
        await page.tab.getByRole("menuitemradio", { name: new RegExp(`^${words}`) }).click();
        const [quality] = await levels();
        assert.ok(isBetter(quality), `${words}: ${quality}, auto: ${auto[0]}`);
      }
      page.expectQuiet(server.url);
    });
  });
});

test("A screenshot is saved in the desktop's own size", async () => {
  await withServer({ session: sessions.picture, geometry: "1024x700", name: "a/b c" }, async (server) => {
    await withPage(server.url, { viewport: { width: 900, height: 600 } }, async (page) => {
      await page.untilState("connected");
      const [download] = await Promise.all([page.tab.waitForEvent("download"), page.tool("Screenshot").click()]);
      assert.match(download.suggestedFilename(), /^a-b-c \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
      const png = readFileSync(await download.path());
      assert.equal(png.toString("latin1", 1, 4), "PNG");
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1024, 700]);
      page.expectQuiet(server.url);
    });
  });
});

test("Full screen is entered and left by its button", async () => {
  await withServer({}, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      await page.tool("Full screen").click();
      await until("full screen", () => page.tab.evaluate(() => document.fullscreenElement !== null));
      await page.tool("Leave full screen").click();
      await until("the window", () => page.tab.evaluate(() => document.fullscreenElement === null));
      page.expectQuiet(server.url);
    });
  });
});

test("The statistics count, are copied as text, and are moved by keys", async () => {
  await withServer({ session: sessions.moving }, async (server) => {
    await withPage(server.url, { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      await page.untilState("connected");
      await page.tool("Statistics").click();
      const seen = async () => page.tab.locator(".statistics").innerText();
      await until("frames and bytes", async () => (await page.statistic("Frames decoded")) > 2 && (await page.statistic("Data")) > 0, { seen });
      await until("a round trip", async () => (await page.statistic("Round trip")) > 0, { seen });
      await until("a time for decoding", async () => (await page.statistic("Decode, per frame")) > 0, { seen });
      assert.match(await page.tab.locator(".statistics").innerText(), /1280×800/);
      const shares = await page.tab.locator(".statistics .legend li").allInnerTexts();
      assert.ok(shares.length > 0 && shares.every((share) => /^\S.* \d+%$/.test(share)), shares.join());

      await page.tool("Copy as text").click();
      const text = await page.tab.evaluate(() => navigator.clipboard.readText());
      assert.match(text, /^Frames decoded: \d+\.\d per second\nData: \d+\.\d kB\/s\nRound trip: \d+\.\d ms\n/);
      assert.match(text, /Session: \d+:\d\d, .* frames\nAt: \d{4}-/);

      const left = () => page.tab.locator(".statistics").evaluate((box) => box.getBoundingClientRect().left);
      const before = await left();
      await page.tool("Move the statistics with the arrow keys").press("ArrowLeft");
      assert.equal(await left(), before - 16);
      await page.reload();
      await page.untilState("connected");
      await until("the statistics where they were", async () => (await left().catch(() => 0)) === before - 16);
      page.expectQuiet(server.url);
    });
  });
});

test("The statistics are dragged, and never out of the window", async () => {
  await withServer({}, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      await page.tool("Statistics").click();
      const box = () => page.tab.locator(".statistics").boundingBox();
      const head = await page.tab.locator(".statistics h2").boundingBox();
      await page.tab.mouse.move(head.x + 5, head.y + 5);
      await page.tab.mouse.down();
      await page.tab.mouse.move(head.x - 195, head.y + 105);
      const moved = await box();
      await page.tab.mouse.move(-500, 3000);
      await page.tab.mouse.up();
      const { x, y, height } = await box();
      assert.ok(moved.x < head.x - 100, JSON.stringify(moved));
      assert.ok(x >= 0 && y + height <= 800, JSON.stringify({ x, y, height }));
      page.expectQuiet(server.url);
    });
  });
});
