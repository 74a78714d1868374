// The notices of what is inside the bundle, as one text.
import { readFile } from "node:fs/promises";
import path from "node:path";

// `packages` is the node_modules folder that the bundle was made from.
export async function licenses(packages) {
  const text = (name, file) => readFile(path.join(packages, name, file), "utf8");
  const version = async (name) => JSON.parse(await text(name, "package.json")).version;
  const novnc = "@novnc/novnc";
  const novncVersion = await version(novnc);
  // The one file of noVNC with terms of its own keeps them in its first comment.
  const des = /^\/\*[\s\S]*?\*\//.exec(await text(novnc, "core/crypto/des.js"));
  if (!des) throw new Error("noVNC's core/crypto/des.js no longer starts with its notice");
  const parts = [
    ["Oriel's web page contains", `noVNC ${novncVersion}, under the Mozilla Public License 2.0, unchanged. Its source:
https://registry.npmjs.org/@novnc/novnc/-/novnc-${novncVersion}.tgz and https://github.com/novnc/noVNC
Inside it, pako (zlib in JavaScript), under the MIT licence.
Preact ${await version("preact")} and @preact/signals ${await version("@preact/signals")}, under the MIT licence.
uPlot ${await version("uplot")}, under the MIT licence.
Some icons of Lucide ${await version("lucide-static")}, under the ISC licence.`],
    ["noVNC: LICENSE.txt", await text(novnc, "LICENSE.txt")],
    ["noVNC: AUTHORS", await text(novnc, "AUTHORS")],
    ["noVNC: core/crypto/des.js", des[0]],
    ["pako: LICENSE", await text(novnc, "vendor/pako/LICENSE")],
    ["Preact: LICENSE", await text("preact", "LICENSE")],
    ["@preact/signals: LICENSE", await text("@preact/signals", "LICENSE")],
    ["uPlot: LICENSE", await text("uplot", "LICENSE")],
    ["Lucide: LICENSE", await text("lucide-static", "LICENSE")],
    ["noVNC: Mozilla Public License 2.0", await text(novnc, "docs/LICENSE.MPL-2.0")],
  ];
  return parts.map(([title, body]) => `${title}\n${"=".repeat(title.length)}\n\n${body.trim()}\n`).join("\n\n");
}
