#pragma once
// The clipboard of a server: by the extended clipboard where it has it, else texts in Latin-1,
// where each character that Latin-1 lacks becomes a question mark. One strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>

#include "oriel/app/client/remote_link.h"
#include "oriel/io/desktop/desktop.h"

namespace oriel::client {

class RemoteClipboard final : public desktop::Clipboard {
 public:
  // `changed` is told when a program of the server has copied something.
  RemoteClipboard(const boost::asio::any_io_executor& executor,
                  std::function<void(desktop::ClipboardFormats)> changed);
  ~RemoteClipboard() override;

  // Null: what waits fails. What was offered is offered to a new one with the extended clipboard.
  void use(std::shared_ptr<RemoteLink> link);
  void set_view_only(bool is_view_only) { is_view_only_ = is_view_only; }
  bool is_extended() const { return caps_.has_value(); }

  // What the server says of it.
  void came(const rfb::CutText& text);
  void came(const rfb::ClipboardMessage& message);
  void refused(const std::string& reason);

  void request(desktop::ClipboardFormat format, desktop::ClipboardDone done) override;
  void offer(desktop::ClipboardFormats formats, desktop::ClipboardProvider provider) override;
  void withdraw() override;

 private:
  struct Waiting {
    desktop::ClipboardFormat format;
    desktop::ClipboardDone done;
    TimePoint until;
    bool is_for_news = false;  // the server has not said yet what is on it
  };
  // What a server has asked for, while the provider finds it.
  struct Gathering;

  void ask_for_news();
  void ask_for_contents();
  void came(const rfb::ClipboardCaps& caps);
  void came(const rfb::ClipboardRequest& request);
  void came(const rfb::ClipboardPeek&);
  void came(const rfb::ClipboardNotify& notify);
  void came(const rfb::ClipboardProvide& provide);

  void say(const rfb::ClipboardMessage& message);
  void announce();
  void send_latin1();
  void answer(desktop::ClipboardFormat format, const Result<Bytes>& result);
  void answer_all(const Error& error);
  void set_timer();

  std::function<void(desktop::ClipboardFormats)> changed_;
  std::shared_ptr<RemoteLink> link_;
  bool is_view_only_ = false;
  std::optional<rfb::ClipboardCaps> caps_;  // the server's
  // Of the server.
  desktop::ClipboardFormats formats_;
  bool has_news_ = false;  // it has said what is on it, or that nothing is
  bool is_ours_ = false;   // what was offered last is on it: the server has said nothing since
  std::map<desktop::ClipboardFormat, Bytes> known_;
  std::list<Waiting> waiting_;
  boost::asio::steady_timer timer_;
  // Ours.
  desktop::ClipboardFormats offered_;
  desktop::ClipboardProvider provider_;
  // What comes later sees by it whether this is still there and the offer still the same.
  std::shared_ptr<int> offer_number_ = std::make_shared<int>(0);
};

}  // namespace oriel::client
