#include "oriel/app/conduit/connection_shared.h"

namespace oriel::conduit {

void ConnectionShared::end() {
  boost::asio::any_io_executor gone;  // ends without the lock
  std::function<bool()> asked;
  {
    std::lock_guard lock(mutex_);
    gone = std::exchange(executor, {});
    asked = std::exchange(is_inside, nullptr);
  }
  workers.stop();
}

}  // namespace oriel::conduit
