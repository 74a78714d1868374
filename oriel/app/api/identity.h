#pragma once
// Who is at the door, and what that one may do. One set of roles serves all doors.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace oriel::api {

enum class Role : std::uint8_t {
  kView,
  kControl,
  kClipboard,
  kResize,
  kRecord,
  kMonitor,
  kCall,
  kAdmin,
};

inline constexpr auto kRoleNames = std::to_array<std::string_view>(
    {"view", "control", "clipboard", "resize", "record", "monitor", "call", "admin"});
constexpr std::string_view role_name(Role role) { return kRoleNames[static_cast<int>(role)]; }

// A set of roles.
class Roles {
 public:
  constexpr Roles() = default;
  constexpr Roles(std::initializer_list<Role> roles) {
    for (const Role role : roles) bits_ |= bit(role);
  }
  static constexpr Roles all() {
    Roles roles;
    roles.bits_ = (1u << kRoleNames.size()) - 1;
    return roles;
  }
  constexpr bool contains(Role role) const { return (bits_ & bit(role)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend bool operator==(Roles, Roles) = default;

 private:
  static constexpr std::uint8_t bit(Role role) {
    return static_cast<std::uint8_t>(1u << static_cast<int>(role));
  }
  std::uint8_t bits_ = 0;
};

// What the view-only password gives.
inline constexpr Roles kViewOnlyRoles{Role::kView, Role::kMonitor};

}  // namespace oriel::api
