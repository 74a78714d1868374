import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./deadline.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

async function withPhone(body) {
  await withServer({ session: sessions.listening }, async (server) => {
    await withPage(server.url, phone, async (page) => {
      await page.untilState("connected");
      const box = await page.tab.locator("#screen canvas").boundingBox();
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      const touches = await page.protocol();
      const touch = (type, ...points) => touches.send("Input.dispatchTouchEvent", { type, touchPoints: points });
      const untilClicked = (what, wanted) => {
        let seen;
        return until(what, () => JSON.stringify((seen = sessions.clicked(server.sessionFile("events")))) === JSON.stringify(wanted), { seen: () => JSON.stringify(seen) });
      };
      await body(page, server, { middle, touch, untilClicked });
      page.expectQuiet(server.url);
    });
  });
}

test("A tap is a click, a long press the right button", async () => {
  await withPhone(async (page, server, { middle, touch, untilClicked }) => {
    await touch("touchStart", middle);
    await touch("touchEnd");
    await untilClicked("the left button", [1]);
    await touch("touchStart", middle);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await touch("touchEnd");
    await untilClicked("the right button", [1, 3]);
  });
});

test("Two fingers that move together scroll", async () => {
  await withPhone(async (page, server, { middle: { x, y }, touch }) => {
    const fingers = (dy) => [{ x: x - 20, y: y + dy, id: 1 }, { x: x + 20, y: y + dy, id: 2 }];
    await touch("touchStart", ...fingers(0));
    for (let dy = 10; dy <= 160; dy += 10) await touch("touchMove", ...fingers(dy));
    await touch("touchEnd");
    await until("the wheel", () => sessions.clicked(server.sessionFile("events")).filter((button) => button === 4).length >= 2);
  });
});

test("The on-screen keyboard comes by its button only, and its words arrive as text", async () => {
  await withPhone(async (page, server, { middle, touch }) => {
    const mode = () => page.tab.locator(".keys-field").evaluate((field) => field.inputMode);
    await touch("touchStart", middle);
    await touch("touchEnd");
    assert.equal(await mode(), "none");
    await page.tool("Keyboard").click();
    assert.equal(await mode(), "text");
    assert.equal(await page.tab.evaluate(() => document.activeElement?.className), "keys-field");

    // As on-screen keyboards do: a word grows in a composition and is corrected at its end.
    const ime = await page.protocol();
    for (const text of ["t", "th", "thw"]) await ime.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    await ime.send("Input.insertText", { text: "the" });
    const backspace = 0xff08;
    let seen;
    await until("the word, corrected", () => {
      seen = sessions.pressed(server.sessionFile("events"));
      return JSON.stringify(seen) === JSON.stringify([0x74, 0x68, 0x77, backspace, 0x65]);
    }, { seen: () => JSON.stringify(seen?.map((k) => k.toString(16))) });
    await page.tool("Keyboard").click();
    assert.equal(await mode(), "none");
  });
});

test("At 1:1 a drag can move the picture instead of the pointer", async () => {
  await withPhone(async (page, server, { middle: { x, y }, touch }) => {
    await page.tool("Scale").click();
    await page.tab.getByRole("menuitemradio", { name: /^1:1/ }).click();
    await page.tool("More").click();
    await page.tab.getByRole("menuitem", { name: /^A drag moves the picture/ }).click();
    const left = () => page.tab.evaluate(() => window.oriel.rfb._display.absX(0)); // the desktop's x at the window's left edge
    assert.equal(await left(), 0);
    await touch("touchStart", { x, y });
    for (let dx = 10; dx <= 150; dx += 10) await touch("touchMove", { x: x - dx, y });
    await touch("touchEnd");
    await until("another part of the picture", async () => (await left()) > 80);
    assert.deepEqual(sessions.clicked(server.sessionFile("events")), []);
  });
});

test("On a narrow window the tools are at the bottom, large enough for fingers", async () => {
  await withPhone(async (page) => {
    for (const name of ["View only", "Keyboard", "Keys", "Clipboard", "Scale", "More"]) {
      const { width, height, x } = await page.tab.locator(".touch-bar").getByRole("button", { name, exact: true }).boundingBox();
      assert.ok(height >= 44 && width >= 44 && x >= 0 && x + width <= 390, `${name}: ${width}x${height}`);
    }
    await page.tool("More").click();
    await page.tab.getByRole("menuitem", { name: "Screenshot" }).waitFor();
    await page.tab.keyboard.press("Escape");
    await page.tool("Clipboard").click();
    const drawer = await page.tab.getByRole("dialog", { name: "Clipboard" }).boundingBox();
    assert.ok(drawer.x >= 0 && drawer.x + drawer.width <= 390 && drawer.y >= 0, JSON.stringify(drawer));
  });
});
