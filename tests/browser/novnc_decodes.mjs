// Decodes rectangles with noVNC's decoders, without a browser, and compares them with what they must be:
//   node novnc_decodes.mjs FILE
// FILE holds rectangles, one after the other as one connection would send them: a line "DECODER WIDTH HEIGHT BODY_BYTES",
// the body in noVNC's format (32 bits, red in the lowest byte), then the picture as RGB. Exit code 1 and the first
// difference on standard error, when there is one; else the number of rectangles on standard output.
import { readFileSync } from "node:fs";
import { difference } from "./pictures.mjs";

globalThis.window = { console }; // all that noVNC's log wants of a browser
const folder = new URL("../../web/node_modules/@novnc/novnc/core/decoders/", import.meta.url);

// The part of noVNC's Websock that decoders use, on bytes that are all there.
class Bytes {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = new Uint8Array(bytes);
  }
  rQlen() {
    return this.#bytes.length - this.#at;
  }
  rQwait(what, count) {
    return this.rQlen() < count;
  }
  rQpeekBytes(count) {
    return this.#bytes.slice(this.#at, this.#at + count);
  }
  rQpeek8() {
    return this.#bytes[this.#at];
  }
  rQshiftBytes(count) {
    const bytes = this.rQpeekBytes(count);
    this.#at += count;
    return bytes;
  }
  rQskipBytes(count) {
    this.#at += count;
  }
  rQshiftTo(target, count) {
    target.set(this.rQshiftBytes(count));
  }
  rQshift8() {
    return this.rQshiftBytes(1)[0];
  }
  rQshift16() {
    return this.rQshift8() * 0x100 + this.rQshift8();
  }
  rQshift32() {
    return this.rQshift16() * 0x10000 + this.rQshift16();
  }
}

// The part of noVNC's Display that decoders use.
class Canvas {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.rgb = Buffer.alloc(width * height * 3, 0x5a);
  }
  #put(x, y, colour, at) {
    if (x >= this.width || y >= this.height) throw new Error(`drawn outside, at (${x}, ${y})`);
    for (let i = 0; i < 3; i += 1) this.rgb[(y * this.width + x) * 3 + i] = colour[at + i];
  }
  fillRect(x, y, width, height, colour) {
    for (let row = y; row < y + height; row += 1) for (let column = x; column < x + width; column += 1) this.#put(column, row, colour, 0);
  }
  blitImage(x, y, width, height, rgba, offset) {
    for (let i = 0; i < width * height; i += 1) this.#put(x + (i % width), y + Math.floor(i / width), rgba, offset + i * 4);
  }
}

const decoders = new Map();

async function decoder(name) {
  if (!decoders.has(name)) {
    const module = await import(new URL(`${name}.js`, folder));
    decoders.set(name, new module.default());
  }
  return decoders.get(name);
}

const file = readFileSync(process.argv[2]);
let at = 0;
let count = 0;
const take = (length) => {
  if (at + length > file.length) throw new Error("the file is cut off");
  at += length;
  return file.subarray(at - length, at);
};
while (at < file.length) {
  const line = take(file.indexOf(10, at) + 1 - at).toString("latin1").trim();
  const [name, ...numbers] = line.split(" ");
  const [width, height, bodyBytes] = numbers.map(Number);
  const body = new Bytes(take(bodyBytes));
  const wanted = { width, height, rgb: take(width * height * 3) };
  const canvas = new Canvas(width, height);
  const isDone = (await decoder(name)).decodeRect(0, 0, width, height, body, canvas, 24);
  if (!isDone) throw new Error(`${line}: wants more than the body`);
  if (body.rQlen() !== 0) throw new Error(`${line}: leaves ${body.rQlen()} bytes`);
  const wrong = difference(wanted, canvas);
  if (wrong) throw new Error(`${line}: ${wrong}`);
  count += 1;
}
console.log(count);
