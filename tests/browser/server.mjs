// Starts and ends the real program, on ports of its own.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { until } from "./deadline.mjs";
import { parseXwd } from "./pictures.mjs";

const program = path.join(process.env.ORIEL_BUILD ?? ".", "oriel");

// All that a server of this test started carries this mark in its environment, however it was
// started, so that nothing of it can hide.
const markName = "ORIEL_TEST_RUN";

function processesWith(mark) {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`${markName}=${mark}`);
    } catch {
      return false; // gone meanwhile, or not ours
    }
  });
}

export class Server {
  // options: session (text of a shell script that is the desktop's session), geometry, password, viewPassword, flags (more of the program's),
  // name, httpPort and vncPort (to start again on the same ports), tls (HTTPS with a certificate of its own).
  static async start(options = {}) {
    const server = new Server();
    await server.#start(options);
    return server;
  }

  url = ""; // "http://127.0.0.1:PORT/"
  httpPort = 0;
  vncPort = 0;
  log = ""; // what the program wrote to standard error
  #process;
  #folder = mkdtempSync(path.join(tmpdir(), "oriel-browser-"));
  #mark = randomUUID();
  #lock = ""; // the file of the desktop's X server
  #lockText = "";

  async #start({ session = "exec sleep 1000", geometry = "1280x800", password, viewPassword, name, flags = [], httpPort = 0, vncPort = 0, tls = false }) {
    const script = path.join(this.#folder, "session");
    writeFileSync(script, `#!/bin/sh\n${session}\n`, { mode: 0o755 });
    const args = ["serve", "--desktop", "headless", "--geometry", geometry, "--session", script];
    args.push("--vnc", `127.0.0.1:${vncPort}`, "--http", `127.0.0.1:${httpPort}`);
    args.push(...flags);
    if (name) args.push("--name", name);
    if (tls) args.push("--tls", "on");
    for (const [flag, secret] of [["--password-file", password], ["--view-password-file", viewPassword]]) {
      if (!secret) continue;
      const file = path.join(this.#folder, flag.slice(2));
      writeFileSync(file, `${secret}\n`, { mode: 0o600 });
      args.push(flag, file);
    }
    this.#process = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, XDG_STATE_HOME: this.#folder, [markName]: this.#mark },
    });
    this.#process.stderr.on("data", (bytes) => (this.log += bytes));
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      const browser = /^Open in a browser: (https?:\/\/\S+:(\d+)\/)/.exec(line);
      const viewers = /^VNC viewers: \S+?::?(\d+)/.exec(line);
      if (browser) [this.url, this.httpPort] = [browser[1], Number(browser[2])];
      if (viewers) this.vncPort = Number(viewers[1]);
    });
    const seen = () => `it wrote: ${this.log || "nothing"}`;
    try {
      await until("the server to print its two addresses", () => {
        if (this.#process.exitCode !== null) throw new Error(`the server ended at once; ${seen()}`);
        return this.url && this.vncPort;
      }, { timeout_ms: 20_000, seen });
      await until("the headless desktop", async () => (await this.health()).desktop?.display, { seen });
    } catch (error) {
      await this.kill();
      throw error;
    }
    const { display } = (await this.health()).desktop;
    this.#lock = `/tmp/.X${display.replace(":", "")}-lock`;
    this.#lockText = readFileSync(this.#lock, "latin1");
  }

  async health() {
    const { body } = await this.get("/healthz");
    return JSON.parse(body.toString());
  }

  // One request with exactly this path and these headers; redirects and paths are left as they are.
  get(requestPath, headers = {}) {
    return new Promise((resolve, reject) => {
      const { get } = this.url.startsWith("https:") ? https : http;
      const request = get({
        host: "127.0.0.1", port: this.httpPort, path: requestPath, headers, agent: false,
        rejectUnauthorized: false, // its certificate is its own
      });
      request.on("error", reject);
      const take = async (response) => {
        const chunks = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
      };
      request.on("response", take);
      request.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.alloc(0) });
      });
    });
  }

  // What a file that the session wrote holds; the session's script calls it "$0.NAME".
  sessionFile(name) {
    const file = path.join(this.#folder, `session.${name}`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  // Runs an X program on the desktop and returns its output, a Buffer. `input` goes to its standard input.
  async run(name, args, { input } = {}) {
    const { desktop } = await this.health();
    const running = promisify(execFile)(name, args, {
      encoding: "buffer",
      maxBuffer: 64 << 20,
      env: { ...process.env, DISPLAY: desktop.display, XAUTHORITY: desktop.xauthority, [markName]: this.#mark },
    });
    if (input !== undefined) running.child.stdin.end(input);
    return (await running).stdout;
  }

  // What the X server itself says is on the desktop.
  async desktopPicture() {
    return parseXwd(await this.run("xwd", ["-root", "-silent"]));
  }

  // Ends the server as Ctrl-C does, and holds it to its promise: exit code 0 within 2 s and nothing
  // left. `await using`-less on purpose: a test calls it last, `kill` cleans up after a failed one.
  async stop() {
    const begin = Date.now();
    const runs = this.#process.exitCode === null && this.#process.signalCode === null;
    this.#process.kill("SIGTERM");
    if (runs) await once(this.#process, "exit");
    const took_ms = Date.now() - begin;
    const code = this.#process.exitCode ?? this.#process.signalCode;
    await this.#nothingLeft();
    rmSync(this.#folder, { recursive: true, force: true });
    assert.equal(code, 0, `exit code after SIGTERM; it wrote: ${this.log}`);
    assert.ok(took_ms < 2000, `stopped within 2 s, took ${took_ms} ms`);
  }

  // kill -9: whatever the server started must be gone within 2 s by itself.
  async kill() {
    if (!existsSync(this.#folder)) return; // ended already; its display may be another's by now
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill("SIGKILL");
      await once(this.#process, "exit");
    }
    await this.#nothingLeft();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #nothingLeft() {
    let left = [];
    const describe = () => left.map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
      } catch {
        return pid;
      }
    }).join("; ");
    await until("all processes of the server to end", () => {
      left = processesWith(this.#mark);
      return left.length === 0;
    }, { timeout_ms: 2000, seen: () => `left: ${describe()}` });
    if (!this.#lock) return;
    // The display may be another server's by now: a lock has the number of its process.
    const isLeft = existsSync(this.#lock) && readFileSync(this.#lock, "latin1") === this.#lockText;
    assert.ok(!isLeft, `${this.#lock} is left`);
  }
}
