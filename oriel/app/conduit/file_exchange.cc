#include "oriel/app/conduit/file_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "oriel/app/conduit/file_answers.h"
#include "oriel/app/conduit/file_checksum.h"
#include "oriel/app/conduit/random_text.h"
#include "oriel/core/conduit/login.h"

namespace oriel::conduit {

FileExchange::FileExchange(FileExchangeOptions options) : options_(std::move(options)) {}

Result<std::shared_ptr<FileExchange>> FileExchange::open(FileExchangeOptions options) {
  if (options.chunk_bytes < kFileChunkBytesMin || options.chunk_bytes > kFileChunkBytesMax)
    return fail(ErrorCode::kInvalid,
                fmt::format("a chunk has {} to {} bytes, got {}", kFileChunkBytesMin,
                            kFileChunkBytesMax, options.chunk_bytes));
  std::shared_ptr<FileExchange> exchange(new FileExchange(std::move(options)));
  ORIEL_TRY(exchange->folder_, files::ConfinedFolder::open(exchange->options_.folder));
  exchange->folder_->remove_partials_older_than(
      std::chrono::duration_cast<std::chrono::seconds>(kPartialFileAge).count());
  return exchange;
}

// ---- receiving

CallResult<FileExchange::ReceivingPointer> FileExchange::begin_receiving(FileAnnouncement announced,
                                                                         std::string id) {
  if (auto place = folder_->check_place(announced.filename); !place)
    return std::unexpected(CallError::validation(place.error().message, "filename"));
  if (announced.size_bytes > options_.file_bytes_max)
    return std::unexpected(CallError::validation(
        fmt::format("a file has at most {} bytes here", options_.file_bytes_max), "size", {},
        Value(announced.size_bytes)));
  if (announced.checksum && !is_checksum(*announced.checksum))
    return std::unexpected(CallError::validation(
        "expected the SHA-256 of the file as 64 lower-case hex characters", "checksum"));
  forget_idle();
  // The same file of the same sender goes on where it ended, also after a restart.
  const auto partial = fmt::format(
      ".{}.part", password_hash(fmt::format("{}\n{}\n{}\n{}\n{}", announced.sender,
                                            announced.filename, announced.size_bytes,
                                            announced.checksum.value_or(""), announced.chunk_bytes))
                      .substr(0, 32));
  std::lock_guard lock(mutex_);
  for (const auto& [known_id, known] : receiving_)
    if (known->partial() == partial) return known;
  if (receiving_.size() >= kFileTransfersMax) return std::unexpected(CallError::rate_limited());
  auto file = folder_->open_partial(partial);
  if (!file) return std::unexpected(file_failed(file.error()));
  const auto there = (*file)->size_bytes();
  if (!there) return std::unexpected(file_failed(there.error()));

  auto receiving = std::make_shared<FileReceiving>(std::move(id), std::move(announced), partial,
                                                   std::move(*file), *there);
  receiving_.emplace(receiving->id(), receiving);
  return receiving;
}

FileExchange::ReceivingPointer FileExchange::find_receiving(const std::string& id) const {
  std::lock_guard lock(mutex_);
  const auto found = receiving_.find(id);
  return found != receiving_.end() ? found->second : nullptr;
}

CallResult<ReceivedFile> FileExchange::finish(const ReceivingPointer& receiving) {
  const auto& announced = receiving->announced();
  if (const auto received = receiving->received(); received != receiving->total_chunks())
    return std::unexpected(
        CallError::validation(fmt::format("{} of {} chunks have come; the next is {}", received,
                                          receiving->total_chunks(), receiving->next_chunk()),
                              "transfer_id"));
  {
    // Whoever finishes it has it for itself.
    std::lock_guard lock(mutex_);
    if (receiving_.erase(receiving->id()) == 0)
      return std::unexpected(no_transfer(receiving->id()));
  }
  if (auto cut = receiving->file().truncate(announced.size_bytes); !cut)
    return std::unexpected(file_failed(cut.error()));
  auto checksum = file_checksum(receiving->file());
  if (!checksum) return std::unexpected(file_failed(checksum.error()));
  if (announced.checksum && *checksum != *announced.checksum) {
    folder_->remove_partial(receiving->partial());
    return std::unexpected(CallError{
        .code = CallCode::kValidation,
        .message = "Checksum mismatch: the file was not stored; send it again from its beginning",
        .details = Map{{"expected", *announced.checksum}, {"got", *checksum}}});
  }
  if (auto safe = receiving->file().sync(); !safe)
    return std::unexpected(file_failed(safe.error()));
  std::string name = announced.filename;
  if (options_.replaces) {
    if (auto done = folder_->publish_over(receiving->partial(), name); !done)
      return std::unexpected(file_failed(done.error()));
  } else {
    auto published = folder_->publish(receiving->partial(), name);
    if (!published) return std::unexpected(file_failed(published.error()));
    name = std::move(*published);
  }
  return ReceivedFile{.filename = name,
                      .path = folder_->path() + "/" + name,
                      .size_bytes = announced.size_bytes,
                      .checksum = *checksum};
}

void FileExchange::forget_idle() {
  const auto now = Clock::now();
  std::lock_guard lock(mutex_);
  std::erase_if(receiving_,
                [&](const auto& one) { return now - one.second->heard_at() > kFileTransferIdle; });
  std::erase_if(sending_, [&](const auto& one) {
    return now - one.second->heard_at.load() > kFileTransferIdle;
  });
}

// ---- sending

std::string FileExchange::begin_sending(FileSource source) {
  const auto sending = std::make_shared<Sending>();
  sending->source = std::move(source);
  auto id = random_uuid();
  std::lock_guard lock(mutex_);
  if (sending_.size() >= kFileTransfersMax)
    sending_.erase(std::ranges::min_element(
        sending_, {}, [](const auto& one) { return one.second->heard_at.load(); }));
  sending_.emplace(id, sending);
  return id;
}

std::shared_ptr<FileExchange::Sending> FileExchange::find_sending(const std::string& id) const {
  std::lock_guard lock(mutex_);
  const auto found = sending_.find(id);
  return found != sending_.end() ? found->second : nullptr;
}

void FileExchange::serve(Dispatcher& dispatcher) {
  serve_uploads(dispatcher);
  serve_downloads(dispatcher);
  serve_pushes(dispatcher);
}

}  // namespace oriel::conduit
