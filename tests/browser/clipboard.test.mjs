import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./deadline.mjs";
import * as sessions from "./sessions.mjs";
import { withPage, withServer } from "./with.mjs";

// What a program on the desktop would paste.
const pasted = async (server) => (await server.run("xclip", ["-o", "-selection", "clipboard"]).catch(() => "")).toString();

// A program on the desktop copies `text`; xclip stays to give it, so it is not waited for.
const copyOnDesktop = (server, text) => void server.run("xclip", ["-quiet", "-i", "-selection", "clipboard"], { input: text }).catch(() => {});

test("Text goes to the desktop and comes from it by the panel", async () => {
  await withServer({}, async (server) => {
    await withPage(server.url, { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      await page.untilState("connected");
      await page.tool("Clipboard").click();
      assert.match(await page.tab.getByRole("dialog", { name: "Clipboard" }).innerText(), /Copy some text on the desktop and it appears here/);
      await page.tab.getByRole("textbox", { name: "To the desktop" }).fill("from the page");
      await page.tool("Send").click();
      await until("the text on the desktop", async () => (await pasted(server)) === "from the page");

      copyOnDesktop(server, "from the desktop");
      const out = page.tab.getByLabel("Text copied on the desktop");
      await until("the text in the panel", async () => (await out.count()) > 0 && (await out.innerText()) === "from the desktop");
      await page.tool("Copy to this computer").click();
      await until("the text in the browser", async () => (await page.tab.evaluate(() => navigator.clipboard.readText())) === "from the desktop");
      page.expectQuiet(server.url);
    });
  });
});

test("With sync on, text goes both ways by itself", async () => {
  await withServer({}, async (server) => {
    await withPage(server.url, { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      await page.untilState("connected");
      await page.tool("Clipboard").click();
      await page.tab.evaluate(() => navigator.clipboard.writeText("known before"));
      await page.tab.getByRole("switch", { name: "Sync automatically" }).check();
      await until("what was there to be on the desktop", async () => (await pasted(server)) === "known before");
      copyOnDesktop(server, "copied there");
      await until("the text in the browser", async () => (await page.tab.evaluate(() => navigator.clipboard.readText())) === "copied there");
      page.expectQuiet(server.url);
    });
  });
});

test("Where the browser keeps its clipboard to itself, the panel says so", async () => {
  await withServer({}, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      await page.tool("Clipboard").click();
      const words = await page.tab.locator("#sync-words").innerText();
      assert.match(words, /^(Allowed by this browser|Only from the desktop: this browser was told not to)/);
      page.expectQuiet(server.url);
    });
  });
});

test("Type as keys types what is in the panel", async () => {
  await withServer({ session: sessions.listening }, async (server) => {
    await withPage(server.url, {}, async (page) => {
      await page.untilState("connected");
      await page.tab.mouse.move(300, 300);
      await page.tool("Clipboard").click();
      await page.tab.getByRole("textbox", { name: "To the desktop" }).fill("aé\n");
      await page.tab.mouse.move(300, 301);
      await page.tool("Type as keys").press("Enter");
      let seen = [];
      await until("the keys", () => {
        seen = sessions.pressed(server.sessionFile("events")).filter((keysym) => keysym < 0xffe1 || keysym > 0xffee);
        return JSON.stringify(seen) === JSON.stringify([0x61, 0xe9, 0xff0d]);
      }, { seen: () => JSON.stringify(seen) });
      page.expectQuiet(server.url);
    });
  });
});
