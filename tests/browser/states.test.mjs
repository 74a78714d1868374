import assert from "node:assert/strict";
import { test } from "node:test";
import { Server } from "./server.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";

test("A server that is killed and started again is connected to again, without a reload", async () => {
  const first = await Server.start({ session: sessions.picture });
  const ports = { httpPort: first.httpPort, vncPort: first.vncPort };
  try {
    await withPage(first.url, {}, async (page) => {
      await page.untilState("connected");
      await page.tab.evaluate(() => (window.notReloaded = true));

      await first.kill();
      await page.untilState("waiting");
      assert.match(await page.words(), /^The connection was lost\. Trying again in \d s\. Try now$/);
      assert.equal(await page.tab.locator("#last-picture canvas").count(), 1, "the last picture stays");
      assert.equal(await page.tab.locator("[aria-live] h1").innerText(), "The connection was lost.");

      await withServer({ session: sessions.picture, ...ports }, async () => {
        await page.untilState("connected", 30_000);
        assert.equal(await page.tab.evaluate(() => window.notReloaded), true);
        assert.equal(await page.words(), "");
        assert.equal(await page.tab.locator("#last-picture canvas").count(), 0);
        assert.equal(await page.tab.locator("#screen canvas").count(), 1);
        page.expectOnlyOrigin(first.url);
      });

      // Stopped in good order, the page says so.
      await page.untilState("waiting");
      assert.match(await page.words(), /^The server was stopped\. Trying again in \d+ s\. Try now$/);
    });
  } finally {
    await first.kill();
  }
});

test("A server that wants a password is told apart from one that is down", async () => {
  await withServer({ password: "sesame12" }, async (server) => {
    await withPage(server.url, { viewport: { width: 390, height: 844 } }, async (page) => {
      await page.untilState("password");
      assert.match(await page.words(), /^This server asks for a password .*VNC viewer/);
      const panel = await page.tab.locator("#panel").boundingBox();
      assert.ok(panel.x >= 16 && panel.x + panel.width <= 390 - 16, JSON.stringify(panel));
      page.expectQuiet(server.url);
    });
  });
});
