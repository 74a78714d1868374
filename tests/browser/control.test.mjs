// Who may do what: control of one viewer at a time, and the password that only lets one watch.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { until } from "./deadline.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";

test("With one writer at a time, control is shown, taken and released", async () => {
  await withServer({ session: sessions.listening, flags: ["--control", "single"] }, async (server) => {
    await withPage(server.url, {}, async (first) => {
      await first.untilState("connected");
      await first.tool("Take control").click();
      await first.tool("Release control").waitFor();
      await withPage(server.url, {}, async (second) => {
        await second.untilState("connected");
        await second.tab.getByText("has control. You are watching.").waitFor();
        await second.tab.locator(".float-notice").getByRole("button", { name: "Take control" }).click();
        await second.tool("Release control").waitFor();
        await first.tab.getByText("has control. You are watching.").waitFor();
        await second.tool("Release control").click();
        await until("nobody to have control", async () => (await first.tab.locator(".float-notice").count()) === 0);
        second.expectQuiet(server.url);
      });
    });
  });
});

test("Where all may act, there is no tool for control", async () => {
  await withServer({}, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      assert.equal(await page.tool("Take control").count(), 0);
      page.expectQuiet(server.url);
    });
  });
});

test("The view-only password lets one watch, and the page shows no more than that", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "oriel-view-"));
  const file = path.join(folder, "password");
  writeFileSync(file, "onlylook\n", { mode: 0o600 });
  try {
    await withServer({ session: sessions.listening, password: "sesame12", flags: ["--view-password-file", file] }, async (server) => {
      await withPage(server.url, {}, async (page) => {
        await page.untilState("password");
        await page.tab.getByLabel("Password", { exact: true }).fill("onlylook");
        await page.tab.keyboard.press("Enter");
        await page.untilState("connected");
        assert.equal(await page.tool("View only: this password lets you watch").getAttribute("aria-pressed"), "true");
        for (const tool of ["Clipboard", "Keys"]) assert.equal(await page.tool(tool).count(), 0, tool);
        assert.equal(await page.tab.getByRole("link", { name: "Status" }).count(), 0);
        await page.tab.mouse.click(300, 300);
        await page.tool("Sign out").click();
        await page.untilState("password");
        assert.deepEqual(sessions.clicked(server.sessionFile("events")), []);
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("After too many wrong passwords the page counts down", async () => {
  await withServer({ password: "sesame12" }, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("password");
      const isLocked = async () => /You can try again in \d+ s\./.test(await page.words());
      let attempts = 0;
      await until("the countdown", async () => {
        if (await isLocked()) return true;
        const field = page.tab.getByLabel("Password", { exact: true });
        await field.fill(`wrong${attempts}`, { timeout: 1000 }).catch(() => {}); // locked by now
        if (await page.tool("Connect").isDisabled()) return false; // or an answer is on its way
        attempts += 1;
        await page.tab.keyboard.press("Enter");
        return false;
      }, { seen: () => `no countdown after ${attempts} attempts` });
      assert.equal(await page.tool("Connect").isDisabled(), true);
      const left = async () => Number(/again in (\d+) s/.exec(await page.words())?.[1] ?? 0);
      const before = await left();
      await until("a second to pass", async () => (await left()) < before);
    });
  });
});
