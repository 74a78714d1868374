// Builds what the server serves: node build.mjs OUTPUT_FOLDER
// One bundle, three static files and the notices of what is inside the bundle.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const novnc = path.join(here, "node_modules/@novnc/novnc");

async function licenses() {
  const text = (name) => readFile(path.join(novnc, name), "utf8");
  const { version } = JSON.parse(await text("package.json"));
  // The one file of noVNC with terms of its own keeps them in its first comment.
  const des = /^\/\*[\s\S]*?\*\//.exec(await text("core/crypto/des.js"));
  if (!des) throw new Error("noVNC's core/crypto/des.js no longer starts with its notice");
  const parts = [
    ["Oriel's web page contains", `noVNC ${version}, under the Mozilla Public License 2.0, unchanged. Its source:
https://registry.npmjs.org/@novnc/novnc/-/novnc-${version}.tgz and https://github.com/novnc/noVNC
Inside it, pako (zlib in JavaScript), under the MIT licence.`],
    ["noVNC: LICENSE.txt", await text("LICENSE.txt")],
    ["noVNC: AUTHORS", await text("AUTHORS")],
    ["noVNC: core/crypto/des.js", des[0]],
    ["pako: LICENSE", await text("vendor/pako/LICENSE")],
    ["noVNC: Mozilla Public License 2.0", await text("docs/LICENSE.MPL-2.0")],
  ];
  return parts.map(([title, body]) => `${title}\n${"=".repeat(title.length)}\n\n${body.trim()}\n`).join("\n\n");
}

const output = process.argv[2];
if (!output) throw new Error("usage: node build.mjs OUTPUT_FOLDER");
await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/main.ts"],
  outfile: path.resolve(output, "main.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  sourcemap: false,
  legalComments: "none", // they are in licenses.txt, as the banner says
  banner: { js: "// Contains noVNC (MPL-2.0) and pako (MIT): see licenses.txt" },
  logLevel: "warning",
});
for (const name of ["index.html", "style.css", "favicon.svg"]) {
  await copyFile(path.join(here, "src", name), path.join(output, name));
}
await writeFile(path.join(output, "licenses.txt"), await licenses());
