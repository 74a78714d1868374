#include "oriel/app/cli/doctor.h"

#include <gtest/gtest.h>

namespace oriel::cli {
namespace {

using doctor::Grade;

const doctor::Findings kFindings{
    {"ports", Grade::kProblem, "port 1 is in use", "take another"},
    {"ports", Grade::kGood, "port 2 is free", ""},
    {"fonts", Grade::kNote, "no emoji", "install some"},
};

TEST(DoctorReport, ShowsEachFindingWithItsRemedy) {
  EXPECT_EQ(findings_text(kFindings),
            "ports        problem  port 1 is in use\n"
            "                      -> take another\n"
            "                         docs/troubleshooting.md#ports\n"
            "             good     port 2 is free\n"
            "fonts        note     no emoji\n"
            "                      -> install some\n"
            "1 problem, 0 warnings\n");
}

TEST(DoctorReport, IsOneJsonDocument) {
  EXPECT_EQ(
      findings_json(kFindings),
      R"({"problems":1,"warnings":0,"findings":[)"
      R"({"check":"ports","grade":"problem","text":"port 1 is in use","remedy":"take another",)"
      R"("see":"docs/troubleshooting.md#ports"},)"
      R"({"check":"ports","grade":"good","text":"port 2 is free"},)"
      R"({"check":"fonts","grade":"note","text":"no emoji","remedy":"install some"}]})");
}

}  // namespace
}  // namespace oriel::cli
