// axe-core looks at each page and state; and what it cannot see.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expectAccessible } from "./accessible.mjs";
import { Server } from "./server.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";

const looks = [
  { colorScheme: "dark" },
  { colorScheme: "light" },
  { colorScheme: "dark", viewport: { width: 390, height: 844 }, hasTouch: true },
];

for (const look of looks) {
  const name = `${look.colorScheme}, ${look.viewport?.width ?? 1280} px wide`;
  test(`The desktop page is accessible with each panel open: ${name}`, async () => {
    await withServer({ session: sessions.picture }, async (server) => {
      await withPage(server.url, { ...look, reducedMotion: "reduce" }, async (page) => {
        await page.untilState("connected");
        await page.tool("Statistics").click();
        await page.tab.locator(".statistics dl").first().waitFor();
        await expectAccessible(page, "statistics");
        await page.tab.getByRole("button", { name: "Statistics", exact: true }).click();
        const isNarrow = look.viewport !== undefined;
        for (const panel of ["Clipboard", "Keys", isNarrow ? "Scale" : "Scale and quality"]) {
          await page.tool(panel).click();
          await expectAccessible(page, panel);
          await page.tab.keyboard.press("Escape");
        }
      });
    });
  });

  test(`The words in the middle are accessible: ${name}`, async () => {
    const server = await Server.start({ password: "sesame12" });
    try {
      await withPage(server.url, { ...look, reducedMotion: "reduce" }, async (page) => {
        await page.untilState("password");
        await expectAccessible(page, "password");
        await page.tab.getByLabel("Password", { exact: true }).fill("wrong");
        await page.tab.keyboard.press("Enter");
        await page.tab.locator("#password-mistake .icon").waitFor();
        await expectAccessible(page, "a wrong password");
        await page.tab.getByLabel("Password", { exact: true }).fill("sesame12");
        await page.tab.keyboard.press("Enter");
        await page.untilState("connected");
        await server.kill();
        await page.untilState("waiting");
        await expectAccessible(page, "waiting");
      });
    } finally {
      await server.kill();
    }
  });
}

test("Nothing moves for those who asked for less motion", async () => {
  await withServer({}, async (server) => {
    await withPage(server.url, { reducedMotion: "reduce" }, async (page) => {
      await page.untilState("connected");
      await page.tool("Fold the bar (Ctrl+Alt+Shift)").click();
      assert.equal(await page.tab.evaluate(() => document.getAnimations().length), 0);
    });
  });
});
