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

test("The desktop has the keyboard from the start", async () => {
  await withServer({}, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      assert.equal(await page.tab.evaluate(() => document.activeElement?.className), "keys-field");
      page.expectQuiet(server.url);
    });
  });
});

// Keys that need more than one press, or an input method, arrive as the characters they make.
async function withListening(body) {
  await withServer({ session: sessions.listening }, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      await page.tab.mouse.move(300, 300);
      let seen = [];
      const untilPressed = (what, wanted) =>
        until(what, () => {
          seen = sessions.pressed(server.sessionFile("events"));
          return JSON.stringify(seen) === JSON.stringify(wanted);
        }, { seen: () => `there were ${seen.map((keysym) => `0x${keysym.toString(16)}`).join()}` });
      await body(page, await page.protocol(), untilPressed);
      page.expectQuiet(server.url);
    });
  });
}

test("What an input method composes arrives as text, once, when it is finished", async () => {
  await withListening(async (page, ime, untilPressed) => {
    for (const text of ["n", "に", "にほ", "日本"]) {
      await ime.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Process", code: "KeyN", windowsVirtualKeyCode: 229 });
      await ime.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
      await ime.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Process", code: "KeyN", windowsVirtualKeyCode: 229 });
    }
    await ime.send("Input.insertText", { text: "日本" });
    await page.tab.keyboard.press("a");
    await untilPressed("the two characters and the letter", [0x010065e5, 0x0100672c, 0x61]);
  });
});

test("A composition that is given up leaves nothing", async () => {
  await withListening(async (page, ime, untilPressed) => {
    await ime.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
    await ime.send("Input.imeSetComposition", { text: "", selectionStart: 0, selectionEnd: 0 });
    await page.tab.keyboard.press("a");
    await untilPressed("only the letter", [0x61]);
  });
});

test("A dead key and a letter arrive as the accented letter", async () => {
  await withListening(async (page, ime, untilPressed) => {
    await ime.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Dead", code: "BracketLeft" });
    await ime.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Dead", code: "BracketLeft" });
    await ime.send("Input.dispatchKeyEvent", { type: "keyDown", key: "é", code: "KeyE", text: "é" });
    await ime.send("Input.dispatchKeyEvent", { type: "keyUp", key: "é", code: "KeyE" });
    await page.tab.keyboard.press("e");
    await untilPressed("the accented letter, then a plain one", [0xe9, 0x65]);
  });
});

test("A dead key that is given up with Escape does not change the next letter", async () => {
  await withListening(async (page, ime, untilPressed) => {
    await ime.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Dead", code: "BracketLeft" });
    await ime.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Dead", code: "BracketLeft" });
    await page.tab.keyboard.press("Escape");
    await page.tab.keyboard.press("e");
    await untilPressed("Escape and the letter", [0xff1b, 0x65]);
  });
});

test("A character is typed as it is, whichever key of the user's keyboard makes it", async () => {
  await withListening(async (page, keyboard, untilPressed) => {
    // A German keyboard: z is where the desktop's layout has y. A French one: é is where it has 2.
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", key: "z", code: "KeyY", text: "z" });
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", key: "z", code: "KeyY" });
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyDown", key: "é", code: "Digit2", text: "é" });
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", key: "é", code: "Digit2" });
    await untilPressed("the characters", [0x7a, 0xe9]);
  });
});
