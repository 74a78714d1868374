// A VNC server of libvncserver that shows the test card (oriel/testing/test_card.h), as its own
// examples do. Prints "listens on PORT" when it does, on 127.0.0.1, and each key that goes down as
// "key HEXADECIMAL".
//   libvncserver_card WIDTH HEIGHT

#include <netinet/in.h>
#include <rfb/rfb.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "oriel/testing/test_card.h"

namespace {

void print_key(rfbBool is_down, rfbKeySym keysym, rfbClientPtr) {
  if (!is_down) return;
  std::printf("key %x\n", static_cast<unsigned>(keysym));
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const auto card =
      oriel::testing::make_test_card({std::atoi(arguments[1]), std::atoi(arguments[2])});
  std::vector<std::uint32_t> pixels;
  for (int y = 0; y < card.size().height; ++y)
    for (int x = 0; x < card.size().width; ++x) pixels.push_back(card.at(x, y));
  rfbScreenInfoPtr screen =
      rfbGetScreen(nullptr, nullptr, card.size().width, card.size().height, 8, 3, 4);
  if (screen == nullptr) return 3;
  screen->frameBuffer = reinterpret_cast<char*>(pixels.data());
  screen->serverFormat.redShift = 16;
  screen->serverFormat.greenShift = 8;
  screen->serverFormat.blueShift = 0;
  screen->desktopName = "libvncserver";
  screen->cursor = nullptr;
  screen->kbdAddEvent = print_key;
  screen->alwaysShared = TRUE;
  screen->listenInterface = htonl(INADDR_LOOPBACK);
  screen->autoPort = TRUE;
  char loopback[] = "::1";
  screen->listen6Interface = loopback;
  rfbInitServer(screen);
  if (screen->listenSock < 0) return 4;
  std::printf("listens on %d\n", screen->port);
  std::fflush(stdout);
  rfbRunEventLoop(screen, 10'000, FALSE);
}
