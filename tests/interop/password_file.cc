#include "tests/interop/password_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "oriel/core/crypto/des_challenge.h"

namespace oriel::interop {

std::string write_password_file(const support::TemporaryFolder& folder,
                                const std::string& password) {
  crypto::Challenge padded{};
  std::copy_n(password.begin(), std::min<std::size_t>(password.size(), 8), padded.begin());
  const auto hidden = crypto::des_challenge_response(padded, "\x17\x52\x6b\x06\x23\x4e\x58\x07");
  return write_private(folder, "password", {hidden.begin(), hidden.begin() + 8});
}

std::string write_private(const support::TemporaryFolder& folder, const std::string& name,
                          const std::string& text) {
  const auto path = folder.path() / name;
  std::ofstream(path, std::ios::binary) << text;
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  return path;
}

}  // namespace oriel::interop
