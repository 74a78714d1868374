#include "oriel/app/monitor/sample_source.h"

#include <utility>

namespace oriel::monitor {
namespace {

class HostSource final : public SampleSource {
 public:
  explicit HostSource(std::unique_ptr<host::HostSampler> sampler) : sampler_(std::move(sampler)) {}

  Snapshot sample(const host::SampleRequest& request, TimePoint now, WallTime wall) override {
    return sampler_->sample(request, now, wall);
  }
  void restart() override { sampler_->restart(); }
  std::vector<std::string> take_notices() override { return sampler_->take_notices(); }

 private:
  std::unique_ptr<host::HostSampler> sampler_;
};

}  // namespace

Result<std::unique_ptr<SampleSource>> open_host_source(host::HostSamplerOptions options) {
  ORIEL_TRY(auto sampler, host::HostSampler::open(std::move(options)));
  return std::make_unique<HostSource>(std::move(sampler));
}

}  // namespace oriel::monitor
