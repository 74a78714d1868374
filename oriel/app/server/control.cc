#include "oriel/app/server/control.h"

namespace oriel::server {

std::optional<ViewerId> Control::owner(TimePoint now) const {
  return owner_ && now - acted_at_ < idle_ ? owner_ : std::nullopt;
}

bool Control::act(ViewerId viewer, TimePoint now) {
  if (policy_ == ControlPolicy::kShared) return true;
  if (const auto current = owner(now); current && *current != viewer) return false;
  owner_ = viewer;
  acted_at_ = now;
  return true;
}

void Control::give(ViewerId viewer, TimePoint now) {
  if (policy_ == ControlPolicy::kShared) return;
  owner_ = viewer;
  acted_at_ = now;
}

void Control::release(ViewerId viewer) {
  if (owner_ == viewer) owner_.reset();
}

}  // namespace oriel::server
