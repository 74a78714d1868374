// How much a browser fetches before the page works, and the limit for it.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { compressed } from "./compress.mjs";

const limit_bytes = 300_000;
const files = ["index.html", "style.css", "main.js", "favicon.svg"];

// One line for the build's output. Throws when the page has grown too large.
export async function firstLoad(folder) {
  let plain = 0;
  let wire = 0;
  for (const name of files) {
    const bytes = await readFile(path.join(folder, name));
    const variants = compressed(bytes).map((variant) => variant.bytes.length);
    plain += bytes.length;
    wire += Math.min(bytes.length, ...variants);
  }
  const words = `${(wire / 1000).toFixed(1)} kB over the wire, ${(plain / 1000).toFixed(1)} kB unpacked`;
  if (wire > limit_bytes) throw new Error(`the first load is ${words}; at most ${limit_bytes / 1000} kB over the wire`);
  return `First load of the page: ${words}`;
}
