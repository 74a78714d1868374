#pragma once
// One sample on its way to its readers. Each document is made when its first reader needs it, once;
// its bytes are shared by all who read the same.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/core/monitor/alert.h"
#include "oriel/core/monitor/messages.h"
#include "oriel/core/monitor/metric_table.h"
#include "oriel/core/monitor/snapshot.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

// What decides the bytes of a document, besides the sample.
struct DocumentForm {
  MetricSet metrics = kSeedMetrics;
  std::size_t top_processes = 0;  // 0 when the metrics have no processes
  Dialect dialect = Dialect::kServer;
  bool has_sequence = false;  // of who subscribed

  friend bool operator==(const DocumentForm&, const DocumentForm&) = default;
};

// What was asked for, without what makes no difference.
DocumentForm form_of(const Subscribe& subscribe);

// One strand owns it.
class Edition {
 public:
  // Numbers count up from 1, those of the past up to 0.
  Edition(std::int64_t number, SharedSnapshot snapshot, std::vector<Alert> alerts)
      : number_(number), snapshot_(std::move(snapshot)), alerts_(std::move(alerts)) {}

  std::int64_t number() const { return number_; }
  const Snapshot& snapshot() const { return *snapshot_; }

  // A line: the document as a whole.
  SharedBytes whole(const DocumentForm& form);
  // A line: what changed since `base`, an earlier edition. The form has a sequence.
  SharedBytes delta(const DocumentForm& form, Edition& base);

  // How many lines were made so far.
  std::size_t lines_made() const { return lines_.size(); }

 private:
  struct Data {
    MetricSet metrics;
    std::size_t top_processes;
    std::shared_ptr<const Value> value;
  };
  struct Line {
    DocumentForm form;
    std::optional<std::int64_t> base;
    SharedBytes bytes;
  };

  std::shared_ptr<const Value> data(const DocumentForm& form);
  SharedBytes find(const DocumentForm& form, std::optional<std::int64_t> base) const;
  SharedBytes keep(const DocumentForm& form, std::optional<std::int64_t> base, const Value& data);

  std::int64_t number_;
  SharedSnapshot snapshot_;
  std::vector<Alert> alerts_;
  // Few: one for each kind of subscription.
  std::vector<Data> data_;
  std::vector<Line> lines_;
};

}  // namespace oriel::monitor
