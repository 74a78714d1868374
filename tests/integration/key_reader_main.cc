// An X program that writes the characters of the keys it gets to a file, as applications see them:
// by Xlib and its input method. Writes the keys without a character as <KEYSYM>. Reads its map when
// the next key arrives, as all do, and takes its time for each key when told so.
//   key_reader FILE [MILLISECONDS_PER_KEY]
#include <X11/XKBlib.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const std::chrono::milliseconds pace(count > 2 ? std::atoi(arguments[2]) : 0);
  std::setlocale(LC_ALL, "C.UTF-8");
  XSetLocaleModifiers("@im=none");
  Display* display = XOpenDisplay(nullptr);
  if (display == nullptr) return 3;
  // No pretended releases while a key repeats.
  XkbSetDetectableAutoRepeat(display, True, nullptr);
  const Window window = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 200, 100, 0,
                                            0, WhitePixel(display, DefaultScreen(display)));
  XIM method = XOpenIM(display, nullptr, nullptr, nullptr);
  if (method == nullptr) return 4;
  XIC context = XCreateIC(method, XNInputStyle, XIMPreeditNothing | XIMStatusNothing,
                          XNClientWindow, window, nullptr);
  if (context == nullptr) return 5;
  XSelectInput(display, window, KeyPressMask | StructureNotifyMask);
  XMapWindow(display, window);
  const int file = open(arguments[1], O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0) return 6;
  while (true) {
    XEvent event;
    XNextEvent(display, &event);
    if (event.type == MapNotify) {
      XSetInputFocus(display, window, RevertToPointerRoot, CurrentTime);
      XSetICFocus(context);
      // Xlib reads the map when it needs it first, and asks for news of it only afterwards: what
      // changes in between it would never learn.
      XkbKeycodeToKeysym(display, 38, 0, 0);
      XSync(display, False);
      const std::string ready = std::string(arguments[1]) + ".ready";
      close(open(ready.c_str(), O_WRONLY | O_CREAT, 0600));
    }
    if (event.type == MappingNotify) XRefreshKeyboardMapping(&event.xmapping);
    if (XFilterEvent(&event, None) || event.type != KeyPress) continue;
    char text[64];
    KeySym keysym = 0;
    Status status = 0;
    const int size = Xutf8LookupString(context, &event.xkey, text, sizeof text, &keysym, &status);
    std::string line(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    if (line == "\r") line = "\n";
    if (line.empty()) {
      const bool is_modifier = IsModifierKey(keysym);
      char name[32];
      std::snprintf(name, sizeof name, "<%lx>", keysym);
      if (!is_modifier) line = name;
    }
    if (write(file, line.data(), line.size()) < 0) return 7;
    if (pace.count() > 0) std::this_thread::sleep_for(pace);
  }
}
