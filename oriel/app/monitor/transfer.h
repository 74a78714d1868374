#pragma once
// What is sent to other machines by libcurl: an HTTP POST and a mail. Follows no redirect, speaks
// no protocol but http, https, smtp and smtps, and checks certificates.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/config/secret.h"
#include "oriel/base/result.h"

namespace oriel::monitor {

struct HttpPost {
  std::string url;        // http or https
  config::Secret header;  // one more header, "Name: value", or empty
  std::string ca_file;    // PEM; empty: those of the system
  std::string body;       // JSON
};

enum class MailSecurity {
  kTls,   // smtps from the start, smtp by STARTTLS before anything else is said
  kNone,  // for a mail server on this machine
};

struct MailTransfer {
  std::string url;  // smtp or smtps
  MailSecurity security = MailSecurity::kTls;
  std::string user;  // empty: no log-in
  config::Secret password;
  std::string ca_file;
  std::string from;
  std::vector<std::string> to;
  std::string text;  // as write_mail makes it
};

// One thread sends, any may interrupt. Keeps connections for the next time.
class Transfer {
 public:
  Transfer();
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Errors: kUnavailable and kTimeout where trying again may help, kRefused where the other side
  // does not want it (a status outside 200-299, a bad certificate, no STARTTLS), kClosed when
  // interrupted. Messages have neither the URL nor numbers that differ each time.
  Status post(const HttpPost& request);
  Status send(const MailTransfer& mail);

  void interrupt();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// "https://hooks.example.org/x" is fine; the error names what is wrong. Schemes as "http" or
// "smtps". User and password in a URL are refused: URLs are shown.
Status check_url(std::string_view url, std::string_view scheme, std::string_view secure_scheme);

}  // namespace oriel::monitor
