import assert from "node:assert/strict";
import { test } from "node:test";
import { withServer } from "./with.mjs";

const types = {
  "/": "text/html; charset=utf-8",
  "/main.js": "text/javascript; charset=utf-8",
  "/style.css": "text/css; charset=utf-8",
  "/favicon.svg": "image/svg+xml",
  "/licenses.txt": "text/plain; charset=utf-8",
};

// A well-formed request for a WebSocket (the key is the example of RFC 6455).
const upgrade = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

test("The HTTP door", async (t) => {
  await withServer({}, async (server) => {
    for (const [path, type] of Object.entries(types)) {
      await t.test(`${path} comes as ${type}, with a policy, once`, async () => {
        const first = await server.get(path);
        assert.equal(first.status, 200);
        assert.equal(first.headers["content-type"], type);
        assert.equal(first.headers["x-content-type-options"], "nosniff");
        assert.ok(first.body.length > 0);
        assert.equal(Number(first.headers["content-length"] ?? first.body.length), first.body.length);
        assert.match(first.headers["content-security-policy"], /default-src 'none'/);
        assert.doesNotMatch(first.headers["content-security-policy"], /unsafe|\*/);
        assert.match(first.headers.etag, /^"[0-9a-f]+(-br|-gzip)?"$/);

        const again = await server.get(path, { "If-None-Match": first.headers.etag });
        assert.equal(again.status, 304);
        assert.equal(again.body.length, 0);
        assert.equal(again.headers.etag, first.headers.etag);
        assert.equal((await server.get(path, { "If-None-Match": '"0123"' })).status, 200);
      });
    }

    for (const path of ["/nothing", "/index.html.bak", "/../etc/passwd", "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
      "/..%2f..%2fetc/passwd", "//etc/passwd", "/main.js/", "/.git/config", "/main.js%00.css"]) {
      await t.test(`${path} is not there`, async () => {
        const { status, body } = await server.get(path);
        assert.ok(status === 404 || status === 400, `status ${status}`);
        assert.ok(!body.includes("root:"));
      });
    }

    for (const host of ["evil.example", "evil.example:80", "127.0.0.1.evil.example", `evil.example:${server.httpPort}`]) {
      await t.test(`A request for the host ${host.replace(String(server.httpPort), "PORT")} is refused`, async () => {
        for (const path of ["/", "/healthz", "/main.js"]) assert.equal((await server.get(path, { Host: host })).status, 403, path);
        assert.equal((await server.get("/websockify", { ...upgrade, Host: host })).status, 403);
      });
    }

    await t.test("The loopback names are good hosts", async () => {
      for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
        assert.equal((await server.get("/", { Host: `${host}:${server.httpPort}` })).status, 200, host);
      }
    });

    await t.test("A WebSocket opens for a program and for our own page", async () => {
      assert.equal((await server.get("/websockify", upgrade)).status, 101);
      const own = { ...upgrade, Origin: `http://127.0.0.1:${server.httpPort}` };
      assert.equal((await server.get("/websockify", own)).status, 101);
    });

    for (const origin of ["http://evil.example", "https://127.0.0.1.evil.example", "null", "http://127.0.0.1:1"]) {
      await t.test(`A WebSocket from a page of ${origin} is refused`, async () => {
        assert.equal((await server.get("/websockify", { ...upgrade, Origin: origin })).status, 403);
      });
    }
  });
});
