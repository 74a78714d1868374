#include "oriel/io/desktop/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace oriel::desktop {
namespace {

rlim_t limit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
}

TEST(OpenFiles, AreAsManyAsTheSystemAllowsAndTheOldLimitIsKnown) {
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_max < 128) GTEST_SKIP() << "the hard limit is " << files.rlim_max;
  limit_open_files(64);
  ASSERT_EQ(limit(), 64u);
  raise_open_files();
  EXPECT_EQ(limit(), files.rlim_max);
  EXPECT_EQ(open_files_before(), 64u);
  limit_open_files(files.rlim_cur);
}

}  // namespace
}  // namespace oriel::desktop
