// What one connection has received and decoded so far. Plain numbers that only grow, so that whoever
// wants a rate takes the difference of two readings.

// The encodings that a server sends pixels in (rfbproto, "Encodings"), by their numbers.
const encodingNames: Readonly<Record<number, string>> = {
  0: "Raw",
  1: "Copy",
  2: "RRE",
  5: "Hextile",
  6: "zlib",
  7: "Tight",
  16: "ZRLE",
  21: "JPEG",
  50: "H.264",
  [-260]: "Tight PNG",
};

export interface EncodingTotals {
  rects: number;
  bytes: number;
}

export class Totals {
  readonly begun_ms = performance.now();
  frames = 0;
  bytes = 0; // of the WebSocket's payload, all messages
  decode_ms = 0;
  readonly encodings = new Map<string, EncodingTotals>();

  of(encoding: number): EncodingTotals {
    const name = encodingNames[encoding] ?? `encoding ${encoding}`;
    const found = this.encodings.get(name);
    if (found) return found;
    const added = { rects: 0, bytes: 0 };
    this.encodings.set(name, added);
    return added;
  }
}
