#include "oriel/app/monitor/transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "oriel/app/monitor/alert_limits.h"
#include "oriel/app/monitor/curl_library.h"
#include "oriel/app/observe/escape.h"
#include "oriel/base/check.h"
#include "oriel/base/version.h"

namespace oriel::monitor {
namespace {

// Of those who have got this far.
const CurlLibrary& curl() {
  const auto library = curl_library();
  ORIEL_CHECK(library);
  return **library;
}

struct FreeEasy {
  void operator()(CURL* easy) const { curl().easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;

struct FreeList {
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

struct FreeMulti {
  void operator()(CURLM* multi) const { curl().multi_cleanup(multi); }
};
using Multi = std::unique_ptr<CURLM, FreeMulti>;

struct FreeUrl {
  void operator()(CURLU* url) const { curl().url_cleanup(url); }
};

void add(List& list, const std::string& text) {
  auto* longer = curl().slist_append(list.get(), text.c_str());
  ORIEL_CHECK(longer != nullptr);
  (void)list.release();
  list.reset(longer);
}

// What is read of a reply is nothing but its end.
std::size_t drop_reply(char*, std::size_t size, std::size_t count, void* left) {
  auto& bytes_left = *static_cast<std::size_t*>(left);
  const auto bytes = size * count;
  if (bytes > bytes_left) return 0;
  bytes_left -= bytes;
  return bytes;
}

std::size_t give_mail(char* to, std::size_t size, std::size_t count, void* text) {
  auto& left = *static_cast<std::string_view*>(text);
  const auto bytes = std::min(size * count, left.size());
  std::copy_n(left.data(), bytes, to);
  left.remove_prefix(bytes);
  return bytes;
}

Error error_of(CURLcode code) {
  const auto as = [](ErrorCode kind, std::string message) {
    return Error{kind, std::move(message)};
  };
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return as(ErrorCode::kTimeout, "no answer in time");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return as(ErrorCode::kRefused,
                fmt::format("the certificate is not trusted ({})", curl().easy_strerror(code)));
    case CURLE_USE_SSL_FAILED:
      return as(ErrorCode::kRefused, "the mail server does not offer STARTTLS");
    case CURLE_LOGIN_DENIED:
      return as(ErrorCode::kRefused, "the mail server refused user or password");
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return as(ErrorCode::kInvalid, curl().easy_strerror(code));
    default:
      return as(ErrorCode::kUnavailable, curl().easy_strerror(code));
  }
}

}  // namespace

class Transfer::Impl {
 public:
  Impl() {
    if (!curl_library()) return;
    multi_.reset(curl().multi_init());
    ORIEL_CHECK(multi_ != nullptr);
  }

  Easy make_easy(const std::string& url, const char* protocols, const std::string& ca_file,
                 std::chrono::milliseconds timeout) {
    Easy easy(curl().easy_init());
    ORIEL_CHECK(easy != nullptr);
    reply_left_ = kWebhookReplyBytesMax;
    set(easy, CURLOPT_URL, url.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, protocols);
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server at an interrupt
    set(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kConnectTimeout.count()));
    set(easy, CURLOPT_WRITEFUNCTION, drop_reply);
    set(easy, CURLOPT_WRITEDATA, &reply_left_);
    if (!ca_file.empty()) set(easy, CURLOPT_CAINFO, ca_file.c_str());
    return easy;
  }

  template <typename Value>
  static void set(const Easy& easy, CURLoption option, Value value) {
    ORIEL_CHECK(curl().easy_setopt(easy.get(), option, value) == CURLE_OK);
  }

  // Until it is done or interrupted.
  Result<CURLcode> perform(const Easy& easy) {
    ORIEL_CHECK(curl().multi_add_handle(multi_.get(), easy.get()) == CURLM_OK);
    const auto result = perform_added();
    curl().multi_remove_handle(multi_.get(), easy.get());
    return result;
  }

  void interrupt() {
    is_interrupted_ = true;
    if (multi_ == nullptr) return;
    curl().multi_wakeup(multi_.get());  // the one call that other threads may make
  }

 private:
  Result<CURLcode> perform_added() {
    while (!is_interrupted_) {
      int running = 0, left = 0;
      if (curl().multi_perform(multi_.get(), &running) != CURLM_OK) break;
      while (const auto* message = curl().multi_info_read(multi_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) return message->data.result;
      }
      if (running == 0) break;
      if (curl().multi_poll(multi_.get(), nullptr, 0, 1000, nullptr) != CURLM_OK) break;
    }
    if (is_interrupted_) return fail(ErrorCode::kClosed, "the program ends");
    return fail(ErrorCode::kUnavailable, "libcurl failed");
  }

  Multi multi_;
  std::size_t reply_left_ = 0;
  std::atomic<bool> is_interrupted_ = false;
};

Transfer::Transfer() : impl_(std::make_unique<Impl>()) {}
Transfer::~Transfer() = default;

void Transfer::interrupt() { impl_->interrupt(); }

Status Transfer::post(const HttpPost& request) {
  ORIEL_TRY_VOID(curl_library());
  List headers;
  add(headers, "Content-Type: application/json");
  add(headers, "Expect:");  // no waiting for a 100
  if (!request.header.is_empty()) add(headers, request.header.reveal());
  const auto easy = impl_->make_easy(request.url, "http,https", request.ca_file, kWebhookTimeout);
  const auto agent = fmt::format("Oriel/{}", kVersion);
  Impl::set(easy, CURLOPT_USERAGENT, agent.c_str());
  Impl::set(easy, CURLOPT_HTTPHEADER, headers.get());
  Impl::set(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  Impl::set(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
  ORIEL_TRY(const auto code, impl_->perform(easy));
  long status = 0;
  curl().easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  // What the status says counts, also when the reply was too long to be read to its end.
  if (code != CURLE_OK && status == 0) return std::unexpected(error_of(code));
  if (status >= 200 && status < 300) return {};
  const bool may_help = status >= 500 || status == 429 || status == 408;
  return fail(may_help ? ErrorCode::kUnavailable : ErrorCode::kRefused,
              fmt::format("the answer was HTTP {}, expected 200 to 299{}", status,
                          status >= 300 && status < 400 ? "; redirects are not followed" : ""));
}

Status Transfer::send(const MailTransfer& mail) {
  ORIEL_TRY_VOID(curl_library());
  List to;
  for (const auto& address : mail.to) add(to, address);
  const auto easy = impl_->make_easy(mail.url, "smtp,smtps", mail.ca_file, kMailTimeout);
  std::string_view left = mail.text;
  Impl::set(easy, CURLOPT_USE_SSL,
            long{mail.security == MailSecurity::kTls ? CURLUSESSL_ALL : CURLUSESSL_NONE});
  Impl::set(easy, CURLOPT_MAIL_FROM, mail.from.c_str());
  Impl::set(easy, CURLOPT_MAIL_RCPT, to.get());
  Impl::set(easy, CURLOPT_UPLOAD, 1L);
  Impl::set(easy, CURLOPT_READFUNCTION, give_mail);
  Impl::set(easy, CURLOPT_READDATA, &left);
  if (!mail.user.empty()) {
    Impl::set(easy, CURLOPT_USERNAME, mail.user.c_str());
    Impl::set(easy, CURLOPT_PASSWORD, mail.password.reveal().c_str());
  }
  ORIEL_TRY(const auto code, impl_->perform(easy));
  if (code == CURLE_OK) return {};
  long reply = 0;
  curl().easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &reply);
  if (reply < 400) return std::unexpected(error_of(code));
  auto error = error_of(code);
  if (error.code == ErrorCode::kUnavailable) {
    error.message = fmt::format("the mail server answered {}", reply);
    // RFC 5321 4.2.1: 4yz may work later, 5yz will not.
    if (reply >= 500) error.code = ErrorCode::kRefused;
  }
  return std::unexpected(std::move(error));
}

Status check_url(std::string_view url, std::string_view scheme, std::string_view secure_scheme) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorCode::kInvalid,
                fmt::format("{}, expected {}://HOST or {}://HOST", why, scheme, secure_scheme));
  };
  ORIEL_TRY_VOID(curl_library());
  const std::unique_ptr<CURLU, FreeUrl> parsed(curl().url());
  ORIEL_CHECK(parsed != nullptr);
  const std::string text(url);
  if (curl().url_set(parsed.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
      CURLUE_OK) {
    return wrong("that is no URL");
  }
  const auto part = [&](CURLUPart which) {
    char* found = nullptr;
    std::string value;
    if (curl().url_get(parsed.get(), which, &found, 0) == CURLUE_OK && found != nullptr) {
      value = found;
    }
    curl().free(found);
    return value;
  };
  const auto got = part(CURLUPART_SCHEME);
  if (got != scheme && got != secure_scheme) {
    return wrong(fmt::format("scheme \"{}\"", observe::text_line(got.substr(0, 20))));
  }
  if (part(CURLUPART_HOST).empty()) return wrong("no host");
  if (!part(CURLUPART_USER).empty() || !part(CURLUPART_PASSWORD).empty()) {
    return wrong(
        "a URL with a user or password, which are shown, so they have settings of their own");
  }
  return {};
}

}  // namespace oriel::monitor
