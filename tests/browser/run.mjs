// Runs the test files one after the other (two cores carry one Chromium and one server well, not
// more) and prints a line per test with its time.
import { readdirSync } from "node:fs";
import path from "node:path";
import { run } from "node:test";

const folder = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const asked = process.argv.slice(2).map((name) => path.join(folder, path.basename(name)));
const all = readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).sort().map((name) => path.join(folder, name));
const count = { passed: 0, failed: 0, skipped: 0 };

// A file is reported like a test of its own when it fails as a whole, or by older versions of node.
const isFile = (event) => event.name.endsWith(".test.mjs");
const seconds = (event) => (event.details.duration_ms / 1000).toFixed(1);

run({ files: asked.length > 0 ? asked : all, concurrency: false, timeout: 120_000 })
  .on("test:pass", (event) => {
    if (isFile(event) || event.details.type === "suite") return;
    if (event.skip !== undefined) {
      count.skipped += 1;
      console.log(`skipped  ${event.name}: ${event.skip}`);
    } else {
      count.passed += 1;
      console.log(`passed   ${event.name} (${seconds(event)} s)`);
    }
  })
  .on("test:fail", (event) => {
    const { error } = event.details;
    const fromItsTests = error?.failureType === "subtestsFailed";
    if (event.details.type === "suite" || fromItsTests) return;
    count.failed += 1;
    console.log(`FAILED   ${event.name} (${seconds(event)} s)\n${error?.cause?.stack ?? error?.stack ?? error}`);
  })
  .on("test:stderr", (event) => process.stderr.write(event.message))
  .on("end", () => {
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
    process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
  })
  .resume();
