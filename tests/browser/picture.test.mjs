import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./deadline.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";
import { difference, distinctColours } from "./pictures.mjs";

// Waits until the canvas is the desktop, pixel by pixel. Each round takes the desktop before and after
// the canvas, so that a change in between starts a new round instead of a false alarm.
async function untilSamePicture(server, page) {
  let seen = "";
  return until("the canvas to equal the desktop", async () => {
    const before = await server.desktopPicture();
    const canvas = await page.canvas();
    const after = await server.desktopPicture();
    seen = difference(before, after) ? "the desktop keeps changing" : difference(after, canvas);
    return seen === "" ? canvas : undefined;
  }, { timeout_ms: 15_000, seen: () => seen });
}

test("The page shows the headless desktop, pixel by pixel", async () => {
  await withServer({ session: sessions.picture, geometry: "1024x700", name: "oriel-test" }, async (server) => {
    // The session is on the desktop before the page asks, so that the first update must be whole.
    await until("the session to draw", async () => distinctColours(await server.desktopPicture()) > 250);
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      await page.tab.mouse.move(640, 5); // some servers paint a pointer that no viewer has moved yet
      const canvas = await untilSamePicture(server, page);
      assert.deepEqual([canvas.width, canvas.height], [1024, 700]);
      assert.ok(distinctColours(canvas) > 250);
      assert.equal(await page.words(), "");
      assert.equal(await page.tab.title(), "oriel-test");
      assert.equal((await server.health()).viewers, 1);
      page.expectQuiet(server.url);
    });
  });
});

test("A change of the desktop reaches the page", async () => {
  const session = `xsetroot -solid '#204060'
  exec xterm -fs 20 -geometry 40x8+0+0 -e sh -c 'i=0; while [ $i -lt 100 ]; do echo line $i; i=$((i+1)); sleep 0.02; done; exec sleep 1000'`;
  await withServer({ session }, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      // The page was there from the first line or near it; what it shows at rest came in pieces.
      await untilSamePicture(server, page);
      page.expectQuiet(server.url);
    });
  });
});

for (const viewport of [{ width: 1600, height: 900 }, { width: 390, height: 844 }]) {
  test(`The desktop fills what the bars leave of ${viewport.width}x${viewport.height} and is never larger`, async () => {
    await withServer({ session: sessions.picture }, async (server) => {
      await withPage(server.url, { viewport }, async (page) => {
        await page.untilState("connected");
        const room = await page.tab.locator("#screen").boundingBox();
        assert.ok(room.height >= viewport.height - 96, JSON.stringify(room));
        const box = await page.tab.locator("#screen canvas").boundingBox();
        const scale = Math.min(room.width / 1280, room.height / 800);
        assert.ok(Math.abs(box.width - 1280 * scale) <= 1 && Math.abs(box.height - 800 * scale) <= 1, JSON.stringify(box));
        const scrolls = await page.tab.evaluate(() => {
          const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
          return scrollWidth > clientWidth || scrollHeight > clientHeight;
        });
        assert.equal(scrolls, false);
        page.expectQuiet(server.url);
      });
    });
  });
}
