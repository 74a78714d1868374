// Writes the built files as the C++ table behind oriel/app/web/web_assets.h:
//   node embed.mjs BUILT_FOLDER OUTPUT.cc
// Each file is in it as it is, and compressed where that pays.
// The bytes are string literals, which every compiler reads at once and any linker can place.
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { compressed } from "./compress.mjs";

const contentTypes = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

// `bytes` as a C++ string literal over several lines. Three-digit octal escapes cannot swallow the
// character that follows; '?' is escaped after '?' because of trigraph warnings.
function literal(bytes) {
  const lines = [];
  let line = "";
  let previous = 0;
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && !(byte === 0x3f && previous === 0x3f);
    line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
    previous = byte;
    if (line.length > 4000) {
      lines.push(line);
      line = "";
    }
  }
  lines.push(line);
  return lines.map((text) => `    "${text}"`).join("\n");
}

const [folder, output] = process.argv.slice(2);
if (!output) throw new Error("usage: node embed.mjs BUILT_FOLDER OUTPUT.cc");
const bodies = [];
const variantTables = [];
const rows = [];

// Adds `bytes` to the table's literals; returns the name of the constant.
function addBody(bytes) {
  const constant = `kBody${bodies.length}`;
  bodies.push(`constexpr std::string_view ${constant}(\n${literal(bytes)},\n    ${bytes.length});\n`);
  return constant;
}

for (const name of (await readdir(folder)).sort()) {
  const contentType = contentTypes[path.extname(name)];
  if (!contentType) throw new Error(`${name}: embed.mjs knows no content type for it`);
  const bytes = await readFile(path.join(folder, name));
  const etag = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  const variants = compressed(bytes).map(
    (variant) => `    {"${variant.coding}", "\\"${etag}-${variant.coding}\\"", as_bytes(${addBody(variant.bytes)})},`,
  );
  const table = variants.length > 0 ? `kVariants${rows.length}` : "{}";
  if (variants.length > 0) variantTables.push(`const WebAssetVariant ${table}[] = {\n${variants.join("\n")}\n};\n`);
  const urlPath = name === "index.html" ? "/" : `/${name}`;
  rows.push(`    {"${urlPath}", "${contentType}", "\\"${etag}\\"", as_bytes(${addBody(bytes)}), ${table}},`);
}
await writeFile(
  output,
  `// Written by web/embed.mjs from web/src; not to be edited.
#include "oriel/app/web/web_assets.h"

namespace oriel::web {
namespace {

${bodies.join("\n")}
${variantTables.join("\n")}
const WebAsset kAssets[] = {
${rows.join("\n")}
};

}  // namespace

std::span<const WebAsset> web_assets() { return kAssets; }

const WebAsset* find_web_asset(std::string_view path) {
  for (const WebAsset& asset : kAssets) {
    if (asset.path == path) return &asset;
  }
  return nullptr;
}

}  // namespace oriel::web
`,
);
