import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./deadline.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";
import { crop, difference, distinctColours } from "./pictures.mjs";

test("Text typed in the page is on the picture, letter by letter", async () => {
  // The terminal on the right printed what the shell on the left must show after the typing.
  const expected = String.raw`> echo oriel\n` + String.raw`oriel\n` + "> ";
  await withServer({ session: sessions.typing(expected) }, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      const terminals = async () => {
        const canvas = await page.canvas();
        return [0, 640].map((x) => crop(canvas, x, 0, sessions.typingWidth, sessions.typingHeight));
      };
      // Several colours: the grey edges of letters, not only a background.
      await until("both terminals to show text", async () => (await terminals()).every((t) => distinctColours(t) > 8));
      const [before, wanted] = await terminals();
      assert.notEqual(difference(before, wanted), "", "before the typing they differ");

      await page.tab.mouse.move(200, 100); // without a window manager the pointer says who gets the keys
      await page.tab.keyboard.type("echo oriel\n");
      let seen = "";
      await until("the shell to show the words", async () => {
        const [typed, right] = await terminals();
        seen = difference(typed, right);
        return seen === "";
      }, { seen: () => seen });
      page.expectQuiet(server.url);
    });
  });
});

test("The canvas has the keyboard from the start", async () => {
  await withServer({}, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      assert.equal(await page.tab.evaluate(() => document.activeElement?.tagName), "CANVAS");
      page.expectQuiet(server.url);
    });
  });
});
