// The pictures of the page that the documents show. They are always written into the build folder; into
// docs/images only when they are not there yet or ORIEL_UPDATE_IMAGES is set, so that a test run leaves no
// change behind.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export async function keepImage(page, name) {
  const taken = path.join(process.env.ORIEL_BUILD, "browser", `${name}.png`);
  const kept = fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));
  mkdirSync(path.dirname(taken), { recursive: true });
  await page.tab.screenshot({ path: taken });
  assert.ok(statSync(taken).size > 5000);
  if (existsSync(kept) && !process.env.ORIEL_UPDATE_IMAGES) return;
  mkdirSync(path.dirname(kept), { recursive: true });
  copyFileSync(taken, kept);
}
