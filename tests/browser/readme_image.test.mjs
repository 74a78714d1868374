import { test } from "node:test";
import { until } from "./deadline.mjs";
import { keepImage } from "./images.mjs";
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

for (const { name, ...look } of [
  { name: "desktop", colorScheme: "dark" },
  { name: "desktop-light", colorScheme: "light" },
  { name: "desktop-390", colorScheme: "dark", viewport: { width: 390, height: 844 }, hasTouch: true },
]) {
  test(`The documents' picture is the page with a desktop in it: ${name}`, async () => {
    await withServer({ session: sessions.pleasant, name: "build-07" }, async (server) => {
      await withPage(server.url, look, async (page) => {
        await page.untilState("connected");
        if (!look.viewport) await page.tool("Keep the bar open").click();
        await untilAtRest(page, "the terminal", sessions.terminalBackground, 100_000);
        const { width, height } = await page.tab.locator("#screen canvas").boundingBox();
        const onTerminal = { position: { x: width * 0.55, y: height * 0.5 } };
        await page.tab.locator("#screen canvas").click(onTerminal);
        for (const command of ['echo "Hello from a browser"', "uname -sm"]) {
          await page.tab.keyboard.type(`${command}\n`);
          await untilAtRest(page, command, sessions.terminalBackground, 100_000);
        }
        await page.tool("Statistics").click();
        await page.tab.locator(".statistics dl").first().waitFor();
        await page.tab.locator("#screen canvas").click(onTerminal);
        await page.tab.keyboard.type("./colours\n");
        await untilAtRest(page, "what ./colours draws", sessions.lastColourOfColours, 100);
        await until("a round trip and frames", async () => (await page.statistic("Round trip")) > 0);
        await keepImage(page, name);
        page.expectQuiet(server.url);
      });
    });
  });
}
