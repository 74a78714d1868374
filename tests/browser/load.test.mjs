// How much the first load is, and how soon the page can be used.
import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { withPage, withServer } from "./with.mjs";

const wire_max = 300_000;
const interactive_max_ms = 1000; // on loopback, in a machine that runs the server and the browser on two cores

test("The first load is small and the page soon of use", async () => {
  await withServer({}, async (server) => {
    await withPage("about:blank", {}, async (page) => {
      await page.tab.goto(server.url);
      await page.untilState("connected");
      const { wire, ready_ms } = await page.tab.evaluate(() => {
        const [navigation] = performance.getEntriesByType("navigation");
        const all = [navigation, ...performance.getEntriesByType("resource")];
        return {
          wire: all.reduce((sum, { transferSize }) => sum + transferSize, 0),
          ready_ms: performance.getEntriesByName("interactive")[0].startTime,
        };
      });
      console.error(`first load: ${(wire / 1000).toFixed(1)} kB over the wire, to be used after ${ready_ms.toFixed(0)} ms`);
      assert.ok(wire > 10_000 && wire < wire_max, `${wire} bytes`);
      assert.ok(ready_ms < interactive_max_ms, `${ready_ms} ms`);
    });
  });
});

test("Text comes compressed to those who take it, with an ETag of its own", async () => {
  await withServer({}, async (server) => {
    const plain = await server.get("/main.js");
    assert.equal(plain.headers["content-encoding"], undefined);
    for (const [coding, unpack] of [["br", brotliDecompressSync], ["gzip", gunzipSync]]) {
      const packed = await server.get("/main.js", { "Accept-Encoding": coding });
      assert.equal(packed.headers["content-encoding"], coding);
      assert.equal(packed.headers.vary, "Accept-Encoding");
      assert.notEqual(packed.headers.etag, plain.headers.etag);
      assert.ok(unpack(packed.body).equals(plain.body), coding);
      const again = await server.get("/main.js", { "Accept-Encoding": coding, "If-None-Match": packed.headers.etag });
      assert.equal(again.status, 304);
    }
    const part = await server.get("/main.js", { Range: "bytes=10-19" });
    assert.equal(part.status, 206);
    assert.equal(part.headers["content-range"], `bytes 10-19/${plain.body.length}`);
    assert.ok(part.body.equals(plain.body.subarray(10, 20)));
    assert.equal((await server.get("/main.js", { Range: "bytes=99999999-" })).status, 416);
  });
});
