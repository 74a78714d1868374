#pragma once
// Screenshots: the newest pixels, encoded by a thread of their own, once for all who ask for the
// same. A picture's tag names its content, so whoever has it already costs nothing.

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "oriel/app/api/backend.h"
#include "oriel/app/server/background.h"
#include "oriel/app/server/frame_pipeline.h"

namespace oriel::web {

struct PictureStats {
  std::uint64_t encoded = 0;
  std::uint64_t shared = 0;     // answered by a picture that was there or under way
  std::uint64_t unchanged = 0;  // the asker had it
};

// Lives on the network thread's loop. `frames` outlives it.
class Pictures {
 public:
  using Done = api::Backend::PictureDone;

  Pictures(boost::asio::any_io_executor executor, server::FramePipeline& frames);
  ~Pictures();
  Pictures(const Pictures&) = delete;
  Pictures& operator=(const Pictures&) = delete;

  // Errors: kInvalid when the region is not on the screen, kTooLarge when kPicturesMax are under
  // way, kUnavailable while the desktop is lost.
  void take(const api::PictureRequest& request, Done done);

  const PictureStats& stats() const { return stats_; }

 private:
  struct Encoders;
  struct Kept {
    std::string etag;
    SharedBytes bytes;
  };
  struct Waiter {
    api::Picture picture;  // without its bytes
    Done done;
  };

  void take_now(const api::PictureRequest& request, Done done);
  std::string tag_of(const api::PictureRequest& request, const image::Rect& region) const;
  SharedBytes find_kept(const std::string& etag);
  void keep(const std::string& etag, const SharedBytes& bytes);
  void encode(const api::PictureRequest& request, const api::Picture& picture);

  server::FramePipeline& frames_;
  std::string life_;      // tells the generations of this run from those of another
  std::list<Kept> kept_;  // the newest first
  std::size_t kept_bytes_ = 0;
  std::map<std::string, std::vector<Waiter>> under_way_;
  PictureStats stats_;
  std::shared_ptr<Encoders> encoders_;  // of the thread
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
  server::Background background_;
};

}  // namespace oriel::web
