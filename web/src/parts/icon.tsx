// Icons of Lucide, each only a few hundred bytes of SVG; build.mjs takes the inside of the files.

import activity from "lucide-static/icons/activity.svg";
import camera from "lucide-static/icons/camera.svg";
import check from "lucide-static/icons/check.svg";
import chevronDown from "lucide-static/icons/chevron-down.svg";
import chevronUp from "lucide-static/icons/chevron-up.svg";
import clipboard from "lucide-static/icons/clipboard.svg";
import command from "lucide-static/icons/command.svg";
import copy from "lucide-static/icons/copy.svg";
import ellipsis from "lucide-static/icons/ellipsis.svg";
import eye from "lucide-static/icons/eye.svg";
import eyeOff from "lucide-static/icons/eye-off.svg";
import grip from "lucide-static/icons/grip-vertical.svg";
import info from "lucide-static/icons/info.svg";
import keyboard from "lucide-static/icons/keyboard.svg";
import lock from "lucide-static/icons/lock.svg";
import logOut from "lucide-static/icons/log-out.svg";
import maximize from "lucide-static/icons/maximize.svg";
import message from "lucide-static/icons/message-square.svg";
import monitor from "lucide-static/icons/monitor.svg";
import moon from "lucide-static/icons/moon.svg";
import move from "lucide-static/icons/move.svg";
import pause from "lucide-static/icons/pause.svg";
import pin from "lucide-static/icons/pin.svg";
import play from "lucide-static/icons/play.svg";
import pointer from "lucide-static/icons/mouse-pointer-2.svg";
import search from "lucide-static/icons/search.svg";
import send from "lucide-static/icons/send.svg";
import sun from "lucide-static/icons/sun.svg";
import sunMoon from "lucide-static/icons/sun-moon.svg";
import warning from "lucide-static/icons/triangle-alert.svg";
import x from "lucide-static/icons/x.svg";

const icons = {
  activity, camera, check, chevronDown, chevronUp, clipboard, command, copy, ellipsis, eye, eyeOff, grip, info,
  keyboard, lock, logOut, maximize, message, monitor, moon, move, pause, pin, play, pointer, search, send, sun, sunMoon,
  warning, x,
};

export type IconName = keyof typeof icons;

// Only for the eye: the words are beside it or in the label of what it is in.
export function Icon({ name, class: extra = "" }: { name: IconName; class?: string }) {
  return (
    <svg class={`icon ${extra}`} viewBox="0 0 24 24" aria-hidden="true" dangerouslySetInnerHTML={{ __html: icons[name] }} />
  );
}

// Oriel's own mark: a bay window.
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M5 26V12l6-6h10l6 6v14M11 26V6M21 26V6M5 15h22M3 26h26M16 6v20" />
    </svg>
  );
}
