#include "oriel/app/agent/clipboard_control.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "oriel/app/agent/waits.h"
#include "oriel/base/bytes.h"

namespace oriel::agent {
namespace {

// The answer of a clipboard, which may come after nobody waits any more.
struct Answer {
  explicit Answer(boost::asio::any_io_executor executor) : come(std::move(executor)) {}
  Bell come;
  std::optional<Result<Bytes>> bytes;
};

ErrorKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kTimeout:
      return ErrorKind::kTimeout;
    case ErrorCode::kClosed:
      return ErrorKind::kConnection;
    default:
      return ErrorKind::kAction;
  }
}

}  // namespace

ClipboardControl::Awaitable<void> ClipboardControl::set(std::string text, milliseconds delay) {
  history_.add(text, Clock::now());
  return parts_.perform({SetClipboard{std::move(text)}}, delay);
}

ClipboardControl::Awaitable<void> ClipboardControl::clear(milliseconds delay) {
  return parts_.perform({SetClipboard{}}, delay);
}

ClipboardControl::Awaitable<std::string> ClipboardControl::get(milliseconds timeout) {
  if (auto status = parts_.target.check(); !status) co_return std::unexpected(status.error());
  auto* clipboard = parts_.target.clipboard();
  if (clipboard == nullptr) co_return failure(ErrorKind::kState, "this desktop has no clipboard");
  const auto deadline = Clock::now() + timeout;
  const auto answer = std::make_shared<Answer>(parts_.target.executor());
  clipboard->request(desktop::ClipboardFormat::kText, [answer](Result<Bytes> bytes) {
    answer->bytes = std::move(bytes);
    answer->come.ring();
  });
  while (!answer->bytes && Clock::now() < deadline) co_await answer->come.wait(deadline);
  if (!answer->bytes)
    co_return failure(ErrorKind::kTimeout,
                      fmt::format("the clipboard was not given within {}", shown(timeout)));
  if (!*answer->bytes) {
    const auto& error = answer->bytes->error();
    co_return failure(kind_of(error.code), error.message);
  }
  std::string text(as_text(**answer->bytes));
  // Of a clipboard that was emptied some servers say that it has an empty text, others that it has
  // nothing; the older clipboard messages know only the first.
  if (text.empty()) co_return failure(ErrorKind::kAction, "nothing is on the clipboard");
  history_.add(text, Clock::now());
  co_return text;
}

}  // namespace oriel::agent
