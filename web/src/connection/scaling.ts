// How the picture is fitted into the window.
//   fit:   as large as the window allows.
//   one:   each pixel of the desktop is one pixel of the screen, so that it is crisp on any display.
//   match: the desktop is asked to take the window's size; until it has, it is fitted.

import type RFB from "@novnc/novnc";
import type { Scale } from "../state/preferences";

// The size that "match" asks for, in CSS pixels: that of the whole window, whether or not the bar is
// open, so that folding it does not resize the desktop. In a narrow window the bars always stay.
export function windowSize(): { w: number; h: number } {
  const { innerWidth: w, innerHeight: h } = window;
  const bars = document.querySelector<HTMLElement>(".touch-bar");
  return { w, h: bars && bars.offsetHeight > 0 ? (document.querySelector("main")?.clientHeight ?? h) : h };
}

// Sets the mode now, and for every later change of the window or the desktop.
export function applyScale(rfb: RFB, scale: Scale): void {
  rfb._updateScale = scale === "one" ? () => scaleToDevicePixels(rfb) : prototypeOf(rfb)._updateScale;
  rfb._screenSize = scale === "one" ? () => sizeInDevicePixels(rfb) : prototypeOf(rfb)._screenSize;
  rfb._requestRemoteResize = () => {
    const own = rfb._screenSize;
    rfb._screenSize = windowSize;
    try {
      prototypeOf(rfb)._requestRemoteResize.call(rfb);
    } finally {
      rfb._screenSize = own;
    }
  };
  rfb.scaleViewport = scale !== "one";
  rfb.clipViewport = scale === "one" && hasFingersOnly.matches;
  rfb.resizeSession = scale === "match";
}

// noVNC takes all touches, so that scroll bars cannot be used with a finger.
const hasFingersOnly = window.matchMedia("(pointer: coarse)");

// The room for the picture in pixels of the screen, which are those of the desktop at 1:1.
function sizeInDevicePixels(rfb: RFB): { w: number; h: number } {
  const { w, h } = prototypeOf(rfb)._screenSize.call(rfb);
  return { w: Math.floor(w * window.devicePixelRatio), h: Math.floor(h * window.devicePixelRatio) };
}

function prototypeOf(rfb: RFB): RFB {
  return Object.getPrototypeOf(rfb) as RFB;
}

function scaleToDevicePixels(rfb: RFB): void {
  rfb._display.scale = 1 / window.devicePixelRatio;
  rfb._fixScrollbars();
}
