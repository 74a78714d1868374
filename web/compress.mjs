// The variants of a file that a server may send instead of it (RFC 9110, 8.4.1), smallest first.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

// Only those that save enough to be worth the bytes in the program.
const worthwhile = 0.9;

export function compressed(bytes) {
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  return [
    { coding: "br", bytes: brotli },
    { coding: "gzip", bytes: gzipSync(bytes, { level: 9 }) },
  ].filter((variant) => variant.bytes.length < bytes.length * worthwhile);
}
