// Builds what the server serves: node build.mjs OUTPUT_FOLDER
// One bundle of scripts, uPlot beside it (loaded when the first chart is shown), one of styles, two static files and the notices of what is inside the bundle.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { firstLoad } from "./first_load.mjs";
import { licenses } from "./licenses.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));

// An icon file as the markup inside its svg element; the element itself is ours.
const icons = {
  name: "icons",
  setup({ onLoad }) {
    onLoad({ filter: /lucide-static.*\.svg$/ }, async ({ path: file }) => {
      const text = await readFile(file, "utf8");
      const inside = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(text)?.[1];
      if (!inside) throw new Error(`${file} is not an icon`);
      return { contents: inside.trim().replace(/\s*\n\s*/g, ""), loader: "text" };
    });
  },
};

const output = process.argv[2];
if (!output) throw new Error("usage: node build.mjs OUTPUT_FOLDER");
await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { main: "src/main.tsx", uplot: "uplot", style: "src/style.css" },
  outdir: path.resolve(output),
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true, // so that import("uplot") is the file uplot.js
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [icons],
  sourcemap: false,
  legalComments: "none", // they are in licenses.txt, as the banner says
  banner: { js: "// Contains noVNC (MPL-2.0), pako (MIT), Preact (MIT), uPlot (MIT) and Lucide icons (ISC): see licenses.txt" },
  logLevel: "warning",
});
for (const name of ["index.html", "favicon.svg"]) {
  await copyFile(path.join(here, "src", name), path.join(output, name));
}
await writeFile(path.join(output, "licenses.txt"), await licenses(path.join(here, "node_modules")));
console.log(await firstLoad(output));
