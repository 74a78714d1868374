#pragma once
// A mail as SMTP carries it (RFC 5322, 2045, 2047): ASCII lines of at most 76 characters, ended by
// CR LF, whatever the texts are. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

struct Mail {
  std::string from;  // addresses as check_mail_address takes them
  std::vector<std::string> to;
  std::string subject;  // UTF-8
  std::string body;     // UTF-8, lines ended by "\n"
  WallTime time;
  std::string id;  // unique; the part of the Message-ID before the @
};

// "name@host" in ASCII without blanks, quotes or brackets, at most 254 bytes (RFC 5321 4.5.3.1.3).
Status check_mail_address(std::string_view address);

std::string write_mail(const Mail& mail);

// For write_mail, and its tests.
std::string encoded_header(std::string_view name, std::string_view text);
std::string quoted_printable(std::string_view text);

}  // namespace oriel::monitor
