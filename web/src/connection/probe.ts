// Looks into noVNC from outside: counts frames, rectangles and bytes, times the decoding, and measures
// round trips with the Fence extension. noVNC itself is unchanged; methods of the one object are wrapped.

import RFB from "@novnc/novnc";
import { Totals } from "./totals";

const fenceRequest = 0x80000000;
const fenceHeader_bytes = 8; // after the message type: 3 of padding, 4 of flags, 1 of length
const pingMark = "oriel"; // tells our fences from others; a number follows

export class Probe {
  readonly totals = new Totals();
  roundTrip_ms: number | null = null;
  onFrame: () => void = () => {};
  private pings = 0;
  private pingSent_ms: number | null = null; // when the ping on its way left

  constructor(private readonly rfb: RFB, socket: WebSocket) {
    socket.addEventListener("message", ({ data }) => (this.totals.bytes += (data as ArrayBuffer).byteLength));
    this.watchFrames();
    this.watchDecoders();
    this.watchFences();
  }

  // Sends a fence unless one is on its way; the answer sets roundTrip_ms. A server without fences is
  // never asked.
  ping(): void {
    if (!this.rfb._supportsFence || this.pingSent_ms !== null) return;
    this.pings += 1;
    this.pingSent_ms = performance.now();
    RFB.messages.clientFence(this.rfb._sock, fenceRequest, pingMark + this.pings);
  }

  // A frame is one FramebufferUpdate; noVNC calls again while its bytes are still coming.
  private watchFrames(): void {
    const { rfb, totals } = this;
    const decode = rfb._framebufferUpdate.bind(rfb);
    rfb._framebufferUpdate = () => {
      const begin = performance.now();
      const isDone = decode();
      totals.decode_ms += performance.now() - begin;
      if (isDone) {
        totals.frames += 1;
        this.onFrame();
      }
      return isDone;
    };
  }

  private watchDecoders(): void {
    const { _decoders: decoders, _sock: sock } = this.rfb;
    for (const [number, decoder] of Object.entries(decoders)) {
      const decode = decoder.decodeRect.bind(decoder);
      decoder.decodeRect = (...args) => {
        const begin = sock._rQi;
        const isDone = decode(...args);
        const counts = this.totals.of(Number(number));
        counts.bytes += sock._rQi - begin; // negative where it went back to wait for more
        if (isDone) counts.rects += 1;
        return isDone;
      };
    }
  }

  // noVNC takes the answer to a fence for an error, because it never sends one; ours are taken out here.
  private watchFences(): void {
    const { rfb } = this;
    const answer = rfb._handleServerFenceMsg.bind(rfb);
    rfb._handleServerFenceMsg = () => {
      const sock = rfb._sock;
      if (sock.rQwait("fence header", fenceHeader_bytes, 1)) return false;
      const header = sock.rQpeekBytes(fenceHeader_bytes);
      const isRequest = ((header[3] ?? 0) & 0x80) !== 0;
      if (isRequest || this.pingSent_ms === null) return answer();
      const length = header[7] ?? 0;
      if (sock.rQwait("fence payload", fenceHeader_bytes + length, 1)) return false;
      sock.rQskipBytes(fenceHeader_bytes + length);
      this.roundTrip_ms = performance.now() - this.pingSent_ms;
      this.pingSent_ms = null;
      return true;
    };
  }
}
