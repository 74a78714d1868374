// Takes the README's picture. It is always written into the build folder; into docs/images only when it
// is not there yet or ORIEL_UPDATE_IMAGES is set, so that a test run leaves no change behind.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "./deadline.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";
import { countPixels, difference } from "./pictures.mjs";

// Two pictures in a row that are the same and have at least `pixels` of `colour`.
async function untilAtRest(page, what, colour, pixels) {
  let last;
  await until(`${what}, at rest`, async () => {
    const canvas = await page.canvas();
    const same = last && difference(last, canvas) === "";
    last = canvas;
    return same && countPixels(canvas, colour) >= pixels;
  });
}

test("The README's picture is the page with a desktop in it", async () => {
  const taken = path.join(process.env.ORIEL_BUILD, "browser", "desktop.png");
  const kept = fileURLToPath(new URL("../../docs/images/desktop.png", import.meta.url));
  mkdirSync(path.dirname(taken), { recursive: true });
  await withServer({ session: sessions.pleasant }, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      await untilAtRest(page, "the terminal", sessions.terminalBackground, 100_000);
      await page.tab.mouse.move(700, 520);
      await page.tab.mouse.click(700, 520);
      for (const command of ['echo "Hello from a browser"', "uname -sm"]) {
        await page.tab.keyboard.type(`${command}\n`);
        await untilAtRest(page, command, sessions.terminalBackground, 100_000);
      }
      await page.tab.keyboard.type("./colours\n");
      await untilAtRest(page, "what ./colours draws", sessions.lastColourOfColours, 100);
      await page.tab.mouse.move(1240, 770);
      await page.tab.screenshot({ path: taken });
      page.expectQuiet(server.url);
    });
  });
  assert.ok(statSync(taken).size > 5000);
  if (existsSync(kept) && !process.env.ORIEL_UPDATE_IMAGES) return;
  mkdirSync(path.dirname(kept), { recursive: true });
  copyFileSync(taken, kept);
});
