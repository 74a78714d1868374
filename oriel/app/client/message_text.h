#pragma once
// Messages as lines of a log: what they are, and of secrets only that they are there. Pure.

#include <string>

#include "oriel/core/rfb/client_message.h"
#include "oriel/core/rfb/client_session.h"

namespace oriel::client {

// "KeyEvent down Return"; characters that are typed are not named.
std::string text_of(const rfb::ClientMessage& message);
std::string text_of(const rfb::ClientEvent& event);
std::string text_of(const rfb::ClipboardMessage& message);

}  // namespace oriel::client
