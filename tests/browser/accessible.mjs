// What axe-core says about a page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// No fault that axe calls serious or critical. The rules for best practice are run too.
export async function expectAccessible(page, what) {
  await page.tab.evaluate(axe); // by the debugger, which the page's policy does not bind
  const { violations } = await page.tab.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const faults = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${what}: ${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  assert.deepEqual(faults, []);
}
