import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { until } from "./deadline.mjs";
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
      assert.match(await page.words(), /^The connection was lost\. Trying again in \d s\. The picture is from \d\d:\d\d:\d\d\. Try now Attempt 1\./);
      assert.equal(await page.tab.locator("#last-picture canvas").count(), 1, "the last picture stays");
      assert.equal(await page.tab.locator("#panel [aria-live] h1").innerText(), "The connection was lost.");

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
      assert.match(await page.words(), /^The server was stopped\. Trying again in \d+ s\..* Try now Attempt \d+\./);
    });
  } finally {
    await first.kill();
  }
});

test("The page asks for the password, explains a mistake, and goes on with the right one", async () => {
  await withServer({ password: "sesame12", name: "guarded" }, async (server) => {
    await withPage(server.url, { viewport: { width: 390, height: 844 } }, async (page) => {
      await page.untilState("password");
      assert.match(await page.words(), /asks for a password/);
      const panel = await page.tab.locator("#panel").boundingBox();
      assert.ok(panel.x >= 16 && panel.x + panel.width <= 390 - 16, JSON.stringify(panel));
      const field = page.tab.getByLabel("Password", { exact: true });
      await field.fill("sesame13");
      await field.press("Enter");
      const mistake = page.tab.locator("#password-mistake");
      await until("the mistake", async () => (await mistake.count()) > 0 && (await mistake.innerText()) !== "");
      assert.equal(await field.getAttribute("aria-invalid"), "true");
      assert.equal(await field.getAttribute("type"), "password");
      await page.tool("Show the password").click();
      assert.equal(await field.getAttribute("type"), "text");
      await field.fill("sesame12");
      await page.tool("Connect").click();
      await page.untilState("connected");
      assert.equal(await page.words(), "");
      page.expectOnlyOrigin(server.url);
    });
  });
});

test("While the connection is made the page says so, and its tools wait", async () => {
  await withServer({}, async (server) => {
    await withHeldDesktop(server, async (url, release) => {
      await withPage(url, {}, async (page) => {
        await page.untilState("connecting");
        assert.match(await page.words(), /^Connecting to .*… Reach the server Wait for the first picture$/);
        assert.equal(await page.tool("Keys").isDisabled(), true);
        release();
        await page.untilState("connected");
        assert.equal(await page.tool("Keys").isDisabled(), false);
      });
    });
  });
});

// A door before the server's that lets the page through but holds what the server says on the WebSocket.
async function withHeldDesktop(server, body) {
  let release = () => {};
  const held = new Promise((resolve) => (release = resolve));
  const sockets = new Set();
  const door = net.createServer((client) => {
    const upstream = net.connect(server.httpPort, "127.0.0.1");
    let isDesktop = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => [client, upstream].forEach((each) => each.destroy()));
    }
    client.on("data", (bytes) => {
      isDesktop ||= bytes.includes("GET /websockify");
      upstream.write(bytes);
    });
    upstream.on("data", async (bytes) => {
      if (isDesktop) await held;
      client.write(bytes);
    });
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  try {
    await body(`http://127.0.0.1:${door.address().port}/`, release);
  } finally {
    door.close();
    for (const socket of sockets) socket.destroy();
  }
}

test("Try now does not wait for the next attempt", async () => {
  const server = await Server.start({});
  const ports = { httpPort: server.httpPort, vncPort: server.vncPort };
  try {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      await server.kill();
      await page.untilState("waiting");
      // Later attempts are rare, so a restart falls into a long wait.
      await until("a wait of some seconds", async () => /again in [5-9] s/.test(await page.words()), { timeout_ms: 20_000, seen: () => "shorter waits only" });
      await withServer(ports, async () => {
        const begin = Date.now();
        await page.tool("Try now").click();
        await page.untilState("connected");
        assert.ok(Date.now() - begin < 3000);
      });
    });
  } finally {
    await server.kill();
  }
});
