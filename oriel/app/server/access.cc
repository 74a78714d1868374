#include "oriel/app/server/access.h"

namespace oriel::server {

Access::Admission Access::admit(ViewerId viewer) {
  Admission admission;
  const bool is_full = unauthenticated_.size() >= unauthenticated_max_ ||
                       unauthenticated_.size() + authenticated_.size() >= connections_max_;
  if (is_full) {
    if (unauthenticated_.empty()) return admission;
    admission.yields = unauthenticated_.front();
    unauthenticated_.pop_front();
  }
  unauthenticated_.push_back(viewer);
  admission.is_admitted = true;
  return admission;
}

void Access::authenticated(ViewerId viewer) {
  if (std::erase(unauthenticated_, viewer) > 0) authenticated_.insert(viewer);
}

void Access::left(ViewerId viewer) {
  std::erase(unauthenticated_, viewer);
  authenticated_.erase(viewer);
}

}  // namespace oriel::server
