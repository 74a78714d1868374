import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./deadline.mjs";
import { difference, distinctColours } from "./pictures.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";

test("The page shows the desktop over HTTPS and secure WebSockets, in a secure context", async () => {
  await withServer({ session: sessions.picture, tls: true }, async (server) => {
    assert.match(server.url, /^https:/);
    await until("the session to draw", async () => distinctColours(await server.desktopPicture()) > 250);
    await withPage(server.url, { ignoreHTTPSErrors: true }, async (page) => {
      await page.untilState("connected");
      await page.tab.mouse.move(640, 5);
      let seen = "";
      await until("the canvas to equal the desktop", async () => {
        seen = difference(await server.desktopPicture(), await page.canvas());
        return seen === "";
      }, { timeout_ms: 15_000, seen: () => seen });
      assert.ok(page.requests.some((url) => url.startsWith("wss://")), page.requests.join(" "));
      assert.ok(page.requests.every((url) => !url.startsWith("http:") && !url.startsWith("ws:")));
      assert.equal(await page.tab.evaluate(() => window.isSecureContext), true);
      page.expectQuiet(server.url);
    });
  });
});

test("A browser that comes without TLS is sent to HTTPS", async () => {
  await withServer({ session: sessions.picture, tls: true }, async (server) => {
    await withPage(server.url.replace("https:", "http:"), { ignoreHTTPSErrors: true }, async (page) => {
      await page.untilState("connected");
      assert.equal(page.tab.url(), server.url);
    });
  });
});
