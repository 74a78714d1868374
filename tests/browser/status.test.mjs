import assert from "node:assert/strict";
import { test } from "node:test";
import { expectAccessible } from "./accessible.mjs";
import { until } from "./deadline.mjs";
import { keepImage } from "./images.mjs";
import { Server } from "./server.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";

const rows = (admin) => admin.tab.getByRole("region", { name: "Viewers" }).locator("tbody tr");
const settings = (admin) => admin.tab.getByRole("region", { name: "Settings" }).locator("tbody tr");

// A viewer's page and an admin's, on one server.
async function withViewerAndAdmin(options, body) {
  await withServer({ session: sessions.picture, ...options }, async (server) => {
    await withPage(server.url, {}, async (viewer) => {
      await viewer.untilState("connected");
      await withPage(server.url, { hash: "#/status" }, async (admin) => {
        await admin.tab.getByText("live", { exact: true }).waitFor();
        await until("the viewer's row", async () => (await rows(admin).count()) === 1);
        await body(viewer, admin, server);
      });
    });
  });
}

test("The Status page shows viewers, settings and log, live", async () => {
  await withViewerAndAdmin({ name: "shown-here" }, async (viewer, admin, server) => {
    assert.match(await rows(admin).first().innerText(), /127\.0\.0\.1:\d+[\s\S]*control[\s\S]*WebSocket/);
    await until("bytes that were sent", async () => /\d+(\.\d+)? [kM]B/.test(await rows(admin).first().innerText()));

    await admin.tab.getByRole("searchbox", { name: "Filter settings" }).fill("name");
    await until("the setting", async () => (await settings(admin).allInnerTexts()).some((row) => /shown-here/.test(row) && /flag/.test(row)));
    await admin.tab.getByRole("searchbox", { name: "Filter settings" }).fill("nothing is called so");
    await admin.tab.getByText("No setting fits the filter").waitFor();

    await until("a line of the log", async () => (await admin.tab.locator(".log li").count()) > 0);
    assert.match(await admin.tab.locator(".log time").first().innerText(), /^\d\d:\d\d:\d\d\.\d{3}$/);
    await withPage(server.url, {}, async (second) => {
      await second.untilState("connected");
      await until("the second viewer's row", async () => (await rows(admin).count()) === 2);
    });
    await until("the row to go", async () => (await rows(admin).count()) === 1);
    admin.expectQuiet(server.url);
    viewer.expectQuiet(server.url);
  });
});

test("A viewer that is disconnected is told by whom and why, and can come back", async () => {
  await withViewerAndAdmin({}, async (viewer, admin) => {
    await rows(admin).getByRole("button", { name: /^Disconnect/ }).click();
    await admin.tab.getByRole("dialog").getByLabel("Reason, which they are told").fill("lunch");
    assert.equal(await viewer.state(), "connected", "it is asked once");
    await admin.tab.getByRole("dialog").getByRole("button", { name: "Disconnect", exact: true }).click();
    await viewer.untilState("sent_away");
    assert.match(await viewer.words(), /^You have been disconnected by admin Reason: lunch Connect again$/);
    await until("the row to go", async () => (await rows(admin).count()) === 0);
    assert.match(await admin.tab.locator("main").innerText(), /Nobody is watching/);
    await viewer.tool("Connect again").click();
    await viewer.untilState("connected");
  });
});

test("A message from the admin stays until it is read", async () => {
  await withViewerAndAdmin({}, async (viewer, admin) => {
    await rows(admin).getByRole("button", { name: /^Message/ }).click();
    await admin.tab.getByRole("dialog").getByLabel("Message").fill("Restart in five minutes");
    await admin.tab.getByRole("dialog").getByRole("button", { name: "Send" }).click();
    await viewer.tab.getByText("Message from admin: Restart in five minutes").waitFor();
    await viewer.tool("Dismiss").click();
    await until("the message to go", async () => (await viewer.tab.locator(".notice-line").count()) === 0);
  });
});

test("The Status page says when its server is gone, and goes on when it is back", async () => {
  const first = await Server.start({});
  const ports = { httpPort: first.httpPort, vncPort: first.vncPort };
  try {
    if ((await first.get("/api/v1/session")).status === 404) return t.skip("this server has no HTTP API");
    await withPage(first.url, { hash: "#/status" }, async (admin) => {
      await admin.tab.getByText("live", { exact: true }).waitFor();
      await first.kill();
      await admin.untilState("waiting");
      assert.equal(await admin.tab.locator(".veil").count(), 0, "nothing lies over the figures");
      await admin.tab.getByText(/^not live: .*(does not answer|was lost)\.$/).waitFor();
      await admin.tab.getByText(/^trying again in \d+ s$/).waitFor();
      await withServer(ports, async () => {
        await admin.tab.getByText("live", { exact: true }).waitFor({ timeout: 20_000 });
        assert.equal(await admin.words(), "");
      });
    });
  } finally {
    await first.kill();
  }
});

for (const { name, ...look } of [
  { name: "status", colorScheme: "dark" },
  { name: "status-light", colorScheme: "light" },
  { name: "status-390", colorScheme: "dark", viewport: { width: 390, height: 844 }, hasTouch: true },
]) {
  test(`The Status page is accessible, and fits: ${name}`, async () => {
    await withServer({ session: sessions.moving, name: "build-07" }, async (server) => {
      await withPage(server.url, {}, async (viewer) => {
        await viewer.untilState("connected");
        await withPage(server.url, { ...look, hash: "#/status", reducedMotion: "reduce" }, async (admin) => {
          await until("a latency", async () => (await rows(admin).locator(".sparkline path").count()) > 0, { seen: () => "no sparkline" });
          await expectAccessible(admin, name);
          const isTooWide = await admin.tab.evaluate(() => document.documentElement.scrollWidth > innerWidth);
          assert.equal(isTooWide, false);
          await keepImage(admin, name);
          if (look.viewport) return;
          await rows(admin).getByRole("button", { name: /^Disconnect/ }).click();
          await expectAccessible(admin, "the question before disconnecting");
        });
      });
    });
  });
}
