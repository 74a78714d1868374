#pragma once
// The functions of the table; each in the file of its name.

#include "oriel/app/doctor/check_table.h"

namespace oriel::doctor {

void check_version(const Patient& patient, Findings& findings);
void check_settings(const Patient& patient, Findings& findings);
void check_programs(const Patient& patient, Findings& findings);
void check_display(const Patient& patient, Findings& findings);
void check_fonts(const Patient& patient, Findings& findings);
void check_locale(const Patient& patient, Findings& findings);
void check_ports(const Patient& patient, Findings& findings);
void check_folders(const Patient& patient, Findings& findings);
void check_limits(const Patient& patient, Findings& findings);
void check_certificate(const Patient& patient, Findings& findings);

}  // namespace oriel::doctor
