import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./deadline.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";

const isFolded = (page) => page.tab.evaluate(() => document.querySelector("header.bar") === null);
const handle = (page) => page.tab.getByRole("button", { name: /^Open the bar/ });

async function withDesktop(options, body) {
  await withServer({ session: sessions.listening }, async (server) => {
    await withPage(server.url, options, async (page) => {
      await page.untilState("connected");
      await page.tab.mouse.move(600, 400);
      await body(page, server);
      page.expectQuiet(server.url);
    });
  });
}

test("The bar folds when it is not used, and the desktop has the whole window", async () => {
  await withDesktop({}, async (page) => {
    const begin = Date.now();
    await until("the bar to fold", () => isFolded(page));
    assert.ok(Date.now() - begin > 2000, "not at once");
    assert.equal((await page.tab.locator("#screen").boundingBox()).height, 800);
    await page.reload();
    await page.untilState("connected");
    assert.equal(await isFolded(page), true, "its state is remembered");
    await handle(page).click();
    assert.equal(await isFolded(page), false);
  });
});

test("The bar stays while the pointer is on it, or while it is pinned", async () => {
  await withDesktop({}, async (page) => {
    await page.tab.mouse.move(300, 20);
    await new Promise((resolve) => setTimeout(resolve, 3600));
    assert.equal(await isFolded(page), false, "the pointer is on it");
    await page.tool("Keep the bar open").click();
    await page.tab.mouse.click(600, 400);
    await new Promise((resolve) => setTimeout(resolve, 3600));
    assert.equal(await isFolded(page), false, "it is pinned");
    await page.tool("Fold the bar (Ctrl+Alt+Shift)").click();
    assert.equal(await isFolded(page), true);
  });
});

test("A pointer that rests at the top edge opens the bar; one that passes does not", async () => {
  await withDesktop({}, async (page) => {
    await page.tool("Fold the bar (Ctrl+Alt+Shift)").click();
    await page.tab.mouse.move(300, 0);
    await page.tab.mouse.move(300, 200);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(await isFolded(page), true);
    await page.tab.mouse.move(300, 0);
    await until("the bar to open", async () => !(await isFolded(page)));
  });
});

test("Ctrl+Alt+Shift opens the bar with the focus in it, and again goes back to the desktop", async () => {
  await withDesktop({}, async (page, server) => {
    await page.tool("Fold the bar (Ctrl+Alt+Shift)").click();
    const chord = async () => {
      for (const key of ["Control", "Alt", "Shift"]) await page.tab.keyboard.down(key);
      for (const key of ["Shift", "Alt", "Control"]) await page.tab.keyboard.up(key);
    };
    const focused = () => page.tab.evaluate(() => document.activeElement?.closest("header.bar") !== null);
    await chord();
    await until("the focus in the bar", focused);
    await chord();
    await until("the bar to fold", () => isFolded(page));
    await page.tab.mouse.move(600, 401);
    await page.tab.keyboard.press("x");
    await until("the desktop to have the keys", () => sessions.pressed(server.sessionFile("events")).includes(0x78));
    const down = new Set();
    for (const event of sessions.keyed(server.sessionFile("events"))) {
      if (event[0] === "+") down.add(event.slice(1));
      else down.delete(event.slice(1));
    }
    down.delete("0x78");
    assert.deepEqual([...down], [], "no key is left down on the desktop");
  });
});

test("All tools are reached and used by keys alone", async () => {
  await withDesktop({}, async (page) => {
    await page.tool("View only").focus();
    const labels = [];
    for (let i = 0; i < 10; i += 1) {
      labels.push(await page.tab.evaluate(() => document.activeElement?.getAttribute("aria-label")));
      await page.tab.keyboard.press("Tab");
    }
    for (const wanted of ["View only", "Clipboard", "Keys", "Scale and quality", "Screenshot", "Statistics", "Full screen"])
      assert.ok(labels.includes(wanted), `${wanted} in ${labels.join()}`);
    await page.tool("Scale and quality").press("Enter");
    const checked = () => page.tab.evaluate(() => document.activeElement?.textContent);
    assert.match(await checked(), /^Fit/);
    await page.tab.keyboard.press("ArrowDown");
    assert.match(await checked(), /^1:1/);
    await page.tab.keyboard.press("Escape");
    assert.equal(await page.tab.getByRole("menu").count(), 0);
  });
});

test("The colours follow the system, or the button", async () => {
  await withDesktop({ colorScheme: "light" }, async (page) => {
    const background = () => page.tab.evaluate(() => getComputedStyle(document.querySelector("header.bar")).backgroundColor);
    assert.equal(await background(), "rgb(255, 255, 255)");
    await page.tool("Colours: as the system").click();
    await page.tool("Colours: light").click();
    assert.equal(await background(), "rgb(17, 20, 24)");
    await page.tool("Colours: dark").click();
    assert.equal(await background(), "rgb(255, 255, 255)");
  });
});
