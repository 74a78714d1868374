// The calls of NVML, with a twin of the library.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/io/host/host_sampler.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::host {
namespace {

SampleRequest gpus() {
  SampleRequest request;
  request.metrics = {monitor::Metric::kGpu};
  return request;
}

TEST(Nvml, ReadsEachDeviceAndLeavesOutWhatItCannotDo) {
  testing::TemporaryFolder root;
  const auto sampler = HostSampler::open({root.path(), ORIEL_NVML_TWIN});
  ASSERT_TRUE(sampler);
  const auto snapshot = (*sampler)->sample(gpus(), TimePoint(), {});
  ASSERT_EQ(snapshot.gpus.size(), 2u) << "the third one is refused";
  EXPECT_EQ(snapshot.gpus[0],
            (monitor::Gpu{"NVIDIA RTX A4000", "nvidia", "550.54.14", 37.0, 16'000'000'000,
                          4'000'000'000, 61.0, 70.5, 140.0, 1560.0}));
  EXPECT_EQ(snapshot.gpus[1].name, "Tesla K20");
  EXPECT_FALSE(snapshot.gpus[1].usage_percent || snapshot.gpus[1].memory_total ||
               snapshot.gpus[1].power_watts);
}

TEST(Nvml, IsNotMissedWhereThereIsNone) {
  testing::TemporaryFolder root;
  const auto sampler = HostSampler::open({root.path(), "libnvidia-ml-nowhere.so.1"});
  ASSERT_TRUE(sampler);
  EXPECT_TRUE((*sampler)->sample(gpus(), TimePoint(), {}).gpus.empty());
  EXPECT_TRUE((*sampler)->take_notices().empty());
}

TEST(Nvml, SaysWhenALibraryOfTheNameIsAnotherOne) {
  testing::TemporaryFolder root;
  const auto sampler = HostSampler::open({root.path(), "libc.so.6"});
  ASSERT_TRUE(sampler);
  EXPECT_TRUE((*sampler)->sample(gpus(), TimePoint(), {}).gpus.empty());
  EXPECT_THAT((*sampler)->take_notices(),
              ::testing::ElementsAre("No NVIDIA GPUs: libc.so.6 lacks functions"));
}

}  // namespace
}  // namespace oriel::host
