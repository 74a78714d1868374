// Pictures as plain RGB, and how to compare them.

// Reads what `xwd` writes: a header of big-endian 32-bit words (X11/XWDFile.h), colour map entries of 12 bytes, then rows of
// 32-bit pixels. Returns {width, height, rgb}, rgb a Buffer of 3 bytes per pixel.
export function parseXwd(bytes) {
  const word = (index) => bytes.readUInt32BE(index * 4);
  const [headerSize, version, format, depth, width, height] = [0, 1, 2, 3, 4, 5].map(word);
  const [lsbFirst, bitsPerPixel, stride, colors] = [word(7) === 0, word(11), word(12), word(19)];
  if (version !== 7 || format !== 2 || bitsPerPixel !== 32 || (depth !== 24 && depth !== 32)) {
    throw new Error(`xwd: version ${version}, format ${format}, depth ${depth}, ${bitsPerPixel} bits; want a 24-bit ZPixmap`);
  }
  const pixels = headerSize + colors * 12;
  const rgb = Buffer.alloc(width * height * 3);
  let out = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = pixels + y * stride + x * 4;
      const pixel = lsbFirst ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
      rgb[out++] = (pixel >>> 16) & 255;
      rgb[out++] = (pixel >>> 8) & 255;
      rgb[out++] = pixel & 255;
    }
  }
  return { width, height, rgb };
}

// Reads a binary portable pixmap (P6) with 8 bits per channel and no comments.
export function parsePpm(bytes) {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 64).toString("latin1"));
  if (!head) throw new Error("not a pixmap of 8 bits per channel");
  const [width, height] = [Number(head[1]), Number(head[2])];
  return { width, height, rgb: bytes.subarray(head[0].length, head[0].length + width * height * 3) };
}

export function crop(picture, x, y, width, height) {
  const rgb = Buffer.alloc(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const from = ((y + row) * picture.width + x) * 3;
    picture.rgb.copy(rgb, row * width * 3, from, from + width * 3);
  }
  return { width, height, rgb };
}

// "" when equal, else a sentence with the first difference.
export function difference(a, b) {
  if (a.width !== b.width || a.height !== b.height) return `sizes ${a.width}x${a.height} and ${b.width}x${b.height}`;
  if (a.rgb.equals(b.rgb)) return "";
  let count = 0;
  let first = "";
  for (let i = 0; i < a.rgb.length; i += 3) {
    if (a.rgb.compare(b.rgb, i, i + 3, i, i + 3) === 0) continue;
    count += 1;
    const at = i / 3;
    first ||= `first at (${at % a.width}, ${Math.floor(at / a.width)}): ${[...a.rgb.subarray(i, i + 3)]} and ${[...b.rgb.subarray(i, i + 3)]}`;
  }
  return `${count} pixels differ, ${first}`;
}

export function distinctColours(picture) {
  const seen = new Set();
  for (let i = 0; i < picture.rgb.length; i += 3) seen.add(picture.rgb.readUIntBE(i, 3));
  return seen.size;
}

export function countPixels(picture, [red, green, blue]) {
  let count = 0;
  for (let i = 0; i < picture.rgb.length; i += 3) {
    if (picture.rgb[i] === red && picture.rgb[i + 1] === green && picture.rgb[i + 2] === blue) count += 1;
  }
  return count;
}
