#pragma once
// Whose input counts. Pure: time is an argument.

#include <optional>

#include "oriel/app/server/input_pipeline.h"
#include "oriel/base/time.h"

namespace oriel::server {

enum class ControlPolicy {
  kShared,  // everybody's
  kSingle,  // that of the first to act, until it has been idle for a while or leaves
};

// The network thread owns it.
class Control {
 public:
  Control(ControlPolicy policy, Duration idle) : policy_(policy), idle_(idle) {}

  // `viewer` acts now: whether its input counts. Who acts while nobody has control takes it.
  bool act(ViewerId viewer, TimePoint now);
  // `viewer` has control now, whoever had it; without effect under kShared.
  void give(ViewerId viewer, TimePoint now);
  // `viewer` gives control back, or has left.
  void release(ViewerId viewer);
  // Who has control; nobody under kShared, and after the idle time.
  std::optional<ViewerId> owner(TimePoint now) const;

 private:
  ControlPolicy policy_;
  Duration idle_;
  std::optional<ViewerId> owner_;
  TimePoint acted_at_{};
};

}  // namespace oriel::server
