// An X program that writes the characters of the keys it gets to a file, as applications see them:
// by Xlib and its input method. Writes the keys without a character as <KEYSYM>. Reads its map when
// the next key arrives, as all do, and takes its time for each key when told so. With `names` it
// writes every key as <KEYSYM>, modifiers too, and every button that goes down as
// <button NUMBER at X,Y>.
//   key_reader FILE [MILLISECONDS_PER_KEY [names]]
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
#include <string_view>
#include <thread>

int main(int count, char** arguments) {
  if (count < 2) return 2;
  const std::chrono::milliseconds pace(count > 2 ? std::atoi(arguments[2]) : 0);
  const bool is_naming = count > 3 && std::string_view(arguments[3]) == "names";
  std::setlocale(LC_ALL, "C.UTF-8");
  XSetLocaleModifiers("@im=none");
  Display* display = XOpenDisplay(nullptr);
  if (display == nullptr) return 3;
  // No pretended releases while a key repeats.
  XkbSetDetectableAutoRepeat(display, True, nullptr);
  const int screen = DefaultScreen(display);
  const int width = is_naming ? DisplayWidth(display, screen) : 200;
  const int height = is_naming ? DisplayHeight(display, screen) : 100;
  const Window window = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, width,
                                            height, 0, 0, WhitePixel(display, screen));
  XIM method = XOpenIM(display, nullptr, nullptr, nullptr);
  if (method == nullptr) return 4;
  XIC context = XCreateIC(method, XNInputStyle, XIMPreeditNothing | XIMStatusNothing,
                          XNClientWindow, window, nullptr);
  if (context == nullptr) return 5;
  XSelectInput(display, window, KeyPressMask | ButtonPressMask | StructureNotifyMask);
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
    if (event.type == ButtonPress && is_naming) {
      dprintf(file, "<button %u at %d,%d>", event.xbutton.button, event.xbutton.x, event.xbutton.y);
    }
    if (XFilterEvent(&event, None) || event.type != KeyPress) continue;
    char text[64];
    KeySym keysym = 0;
    Status status = 0;
    const int size = Xutf8LookupString(context, &event.xkey, text, sizeof text, &keysym, &status);
    std::string line(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    if (line == "\r") line = "\n";
    if (line.empty() || is_naming) {
      const bool is_modifier = !is_naming && IsModifierKey(keysym);
      char name[32];
      std::snprintf(name, sizeof name, "<%lx>", keysym);
      line = is_modifier ? "" : name;
    }
    if (write(file, line.data(), line.size()) < 0) return 7;
    if (pace.count() > 0) std::this_thread::sleep_for(pace);
  }
}
