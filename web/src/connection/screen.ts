// One connection's picture and input: noVNC on a WebSocket, with our keyboard, scaling and probe.
// Made new for each attempt.

import RFB from "@novnc/novnc";
import type { Quality, Scale } from "../state/preferences";
import { keys, keysymOfCharacter, type Key } from "./keysyms";
import { Probe } from "./probe";
import { applyScale } from "./scaling";

// noVNC's levels: JPEG quality 0 to 9 (9 asks for lossless of servers that know no more), compression 0 to 9.
const levels: Readonly<Record<Quality, { quality: number; compression: number }>> = {
  auto: { quality: 6, compression: 2 },
  sharp: { quality: 9, compression: 2 },
  fast: { quality: 2, compression: 6 },
};

// noVNC would tell which key of the keyboard was pressed as soon as the server can hear it, and the
// desktop would read that with its own layout: who has a German keyboard and a desktop with the US layout
// gets y for z. Without it the character itself is told, and the server types it on any layout.
function sendCharactersAsTheyAre(rfb: RFB): void {
  Object.defineProperty(rfb, "_qemuExtKeyEventSupported", { get: () => false, set: () => {} });
}

export class Screen {
  readonly rfb: RFB;
  readonly probe: Probe;
  // How the server closed the connection, which noVNC does not tell.
  closed: CloseEvent | null = null;

  // `box` gets the picture while the connection lasts; `field` is where noVNC listens for keys.
  constructor(box: HTMLElement, field: HTMLElement, url: URL) {
    const socket = new WebSocket(url);
    socket.addEventListener("close", (event) => (this.closed = event));
    this.rfb = new RFB(box, socket);
    this.rfb._keyboard._target = field; // before noVNC starts to listen, which it does when connected
    sendCharactersAsTheyAre(this.rfb);
    this.rfb.focusOnClick = false; // the canvas is never to have the keyboard
    this.rfb.showDotCursor = true;
    this.rfb.background = "transparent";
    this.probe = new Probe(this.rfb, socket);
  }

  get canvas(): HTMLCanvasElement {
    return this.rfb._canvas;
  }

  get size(): { width: number; height: number } {
    return { width: this.rfb._fbWidth, height: this.rfb._fbHeight };
  }

  // How large a pixel of the desktop is on the screen, 1 being one of the screen's own.
  get zoom(): number {
    return this.rfb._display.scale * window.devicePixelRatio;
  }

  get canResize(): boolean {
    return this.rfb._supportsSetDesktopSize;
  }

  setQuality(quality: Quality): void {
    this.rfb.qualityLevel = levels[quality].quality;
    this.rfb.compressionLevel = levels[quality].compression;
  }

  setScale(scale: Scale): void {
    applyScale(this.rfb, scale);
  }

  // Presses the keys in order and lets go of them in reverse.
  press(...combination: readonly Key[]): void {
    for (const { keysym, code } of combination) this.rfb.sendKey(keysym, code, true);
    for (const { keysym, code } of [...combination].reverse()) this.rfb.sendKey(keysym, code, false);
  }

  // Lets go of all keys that the user holds on the keyboard, when their releases will not come here.
  releaseKeys(): void {
    this.rfb._keyboard._allKeysUp();
  }

  hold({ keysym, code }: Key, isDown: boolean): void {
    this.rfb.sendKey(keysym, code, isDown);
  }

  // Types characters whatever keys the user's keyboard has for them.
  type(text: string): void {
    for (const character of text.replaceAll("\r\n", "\n")) this.rfb.sendKey(keysymOfCharacter(character), "");
  }

  deleteBack(count: number): void {
    for (let i = 0; i < count; i += 1) this.press(keys.backspace);
  }

  picture(): Promise<Blob | null> {
    return new Promise((resolve) => this.rfb.toBlob(resolve, "image/png"));
  }
}
