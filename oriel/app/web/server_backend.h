#pragma once
// What the HTTP API asks, answered by the running server.

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <optional>

#include "oriel/app/api/backend.h"
#include "oriel/app/config/settings.h"
#include "oriel/app/observe/log_tail.h"
#include "oriel/app/server/server.h"
#include "oriel/app/web/action_runner.h"
#include "oriel/app/web/door.h"
#include "oriel/app/web/event_hub.h"
#include "oriel/app/web/pictures.h"
#include "oriel/app/web/viewer_rates.h"

namespace oriel::web {

// Lives on the network thread's loop. All that it is given outlives it; `log` may be null.
class ServerBackend final : public api::Backend {
 public:
  ServerBackend(boost::asio::any_io_executor executor, const config::Settings& settings,
                observe::Logger logger, server::Server& server, Door& door,
                const observe::LogTail* log);
  ~ServerBackend() override;

  // The server shows a desktop now.
  void desktop_is_there();

  api::ServerInfo server() const override;
  api::DesktopInfo desktop() const override;
  std::vector<api::ViewerInfo> viewers() const override;
  std::vector<api::SettingInfo> settings() const override;
  Result<api::LogIn> log_in(std::string_view peer, std::string_view password,
                            int& retry_after_s) override;
  void log_out(std::string_view token) override;
  void take_picture(const api::PictureRequest& request, PictureDone done) override;
  void resize(image::Size size, Done done) override;
  bool kick(api::ViewerNumber viewer, std::string_view reason) override;
  bool tell(api::ViewerNumber viewer, std::string_view text) override;
  api::ViewerNumber find_viewer(std::string_view name) const override;
  bool take_control(api::ViewerNumber viewer, bool is_forced) override;
  void release_control(api::ViewerNumber viewer) override;
  void read_clipboard(api::ClipboardKind kind, BytesDone done) override;
  Status write_clipboard(api::ClipboardKind kind, Bytes bytes) override;
  Result<std::vector<api::CopiedText>> clipboard_history() const override;
  void perform(std::vector<agent::Action> actions, std::string_view peer,
               ActionsDone done) override;
  Result<std::shared_ptr<net::HttpBodyStream>> subscribe(
      const api::EventsRequest& request) override;

 private:
  api::ControlInfo control() const;
  const server::Viewer* joined_viewer(api::ViewerNumber viewer) const;

  boost::asio::any_io_executor executor_;
  const config::Settings& settings_;
  observe::Logger logger_;
  server::Server& server_;
  Door& door_;
  mutable ViewerRates rates_;
  std::uint64_t subscription_;
  EventHub hub_;
  std::optional<Pictures> pictures_;  // once there is a desktop
  std::map<server::ViewerId, std::shared_ptr<ActionRunner>> runners_;
};

}  // namespace oriel::web
