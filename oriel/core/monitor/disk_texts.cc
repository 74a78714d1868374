#include "oriel/core/monitor/disk_texts.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "oriel/core/monitor/limits.h"
#include "oriel/core/monitor/text_scan.h"

namespace oriel::monitor {
namespace {

constexpr double kSectorBytes = 512;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// major minor name reads merged sectors ms writes merged sectors ms in_flight busy_ms …
std::optional<DiskCounters> parse_disk_line(std::string_view line) {
  if (!take_u64(line) || !take_u64(line)) return {};
  DiskCounters disk;
  const auto name = take_word(line);
  if (name.empty() || name.size() > kNameBytesMax) return {};
  disk.name = name;
  std::array<std::uint64_t, 10> fields{};
  for (auto& field : fields) {
    const auto value = take_u64(line);
    if (!value) return {};
    field = *value;
  }
  disk.reads = fields[0];
  disk.read_sectors = fields[2];
  disk.writes = fields[4];
  disk.write_sectors = fields[6];
  disk.busy_ms = fields[9];
  return disk;
}

// Names of mount points have blanks and backslashes as \ooo.
std::string unescaped(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  while (!text.empty()) {
    if (text.size() >= 4 && text[0] == '\\' && is_octal(text[1]) && is_octal(text[2]) &&
        is_octal(text[3])) {
      plain += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
      text.remove_prefix(4);
    } else {
      plain += text[0];
      text.remove_prefix(1);
    }
  }
  return plain;
}

// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
std::optional<Mount> parse_mount_line(std::string_view line) {
  if (line.size() > 4 * kPathBytesMax) return {};
  if (!take_u64(line) || !take_u64(line)) return {};
  Mount mount;
  mount.device_number = take_word(line);
  mount.root = unescaped(take_word(line));
  mount.path = unescaped(take_word(line));
  if (!mount.path.starts_with('/')) return {};
  const auto separator = line.find(" - ");
  if (separator == std::string_view::npos) return {};
  line.remove_prefix(separator + 3);
  mount.type = take_word(line);
  mount.device = unescaped(take_word(line));
  mount.super_options = take_word(line);
  if (mount.type.empty()) return {};
  return mount;
}

bool has_space(const Mount& mount) {
  // File systems on local storage; all others are made by the kernel, a network or a program.
  static constexpr std::array<std::string_view, 24> kTypes{
      "ext2",  "ext3",   "ext4",     "xfs",     "btrfs", "zfs",   "f2fs",  "bcachefs",
      "jfs",   "nilfs2", "reiserfs", "reiser4", "vfat",  "msdos", "exfat", "ntfs",
      "ntfs3", "hfs",    "hfsplus",  "udf",     "ubifs", "jffs2", "ufs",   "gfs2"};
  return std::ranges::find(kTypes, mount.type) != kTypes.end();
}

// Which of two mounts of one device is shown: the whole file system, then the shorter path.
bool is_better(const Mount& mount, const Mount& than) {
  const auto rank = [](const Mount& m) {
    return std::tuple(m.path != "/", m.root != "/", m.path.size(), std::string_view(m.path));
  };
  return rank(mount) < rank(than);
}

}  // namespace

std::vector<DiskCounters> parse_diskstats(std::string_view text) {
  std::vector<DiskCounters> disks;
  while (!text.empty() && disks.size() < kDisksMax) {
    if (auto disk = parse_disk_line(take_line(text))) disks.push_back(std::move(*disk));
  }
  return disks;
}

bool is_partition_name(std::string_view name) {
  const auto stem = name.substr(0, name.find_last_not_of("0123456789") + 1);
  if (stem.size() == name.size() || stem.empty()) return false;
  if (stem.size() >= 2 && stem.back() == 'p' && is_digit(stem[stem.size() - 2])) return true;
  for (const std::string_view disk : {"sd", "hd", "vd", "xvd"}) {
    if (stem.size() > disk.size() && stem.starts_with(disk)) return true;
  }
  return false;
}

bool is_virtual_disk_name(std::string_view name) {
  for (const std::string_view kind : {"loop", "ram", "zram", "nbd", "fd", "sr"}) {
    if (name.starts_with(kind)) return true;
  }
  return false;
}

std::vector<DiskThroughput> disk_throughput(std::span<const DiskCounters> before,
                                            std::span<const DiskCounters> now, double seconds,
                                            CounterWidth width) {
  std::vector<DiskThroughput> disks;
  for (const auto& disk : now) {
    if (is_virtual_disk_name(disk.name) && disk.reads == 0 && disk.writes == 0) continue;
    DiskThroughput shown;
    shown.name = disk.name;
    shown.is_stacked = disk.name.starts_with("dm-") || disk.name.starts_with("md") ||
                       disk.name.starts_with("loop") || disk.name.starts_with("zram");
    shown.read_bytes = disk.read_sectors * 512;
    shown.write_bytes = disk.write_sectors * 512;
    const auto earlier = std::ranges::find(before, disk.name, &DiskCounters::name);
    if (earlier != before.end() && seconds > 0) {
      const auto rate = [&](std::uint64_t DiskCounters::* field) {
        return counter_rate((*earlier).*field, disk.*field, seconds, width);
      };
      shown.reads_per_s = rate(&DiskCounters::reads);
      shown.writes_per_s = rate(&DiskCounters::writes);
      if (const auto sectors = rate(&DiskCounters::read_sectors)) {
        shown.read_bytes_per_s = *sectors * kSectorBytes;
      }
      if (const auto sectors = rate(&DiskCounters::write_sectors)) {
        shown.write_bytes_per_s = *sectors * kSectorBytes;
      }
      const auto busy = counter_rate(earlier->busy_ms, disk.busy_ms, seconds, CounterWidth::k32);
      if (busy) shown.busy_percent = std::min(100.0, *busy / 10.0);
    }
    disks.push_back(std::move(shown));
  }
  return disks;
}

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  while (!text.empty() && mounts.size() < kMountsMax) {
    if (auto mount = parse_mount_line(take_line(text))) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

std::vector<Mount> mounts_with_space(std::span<const Mount> mounts) {
  std::vector<Mount> shown;
  for (const auto& mount : mounts) {
    if (!has_space(mount) && mount.path != "/") continue;
    // Subvolumes of btrfs have device numbers of their own, but one source and one space.
    const auto same = std::ranges::find_if(shown, [&](const Mount& other) {
      if (mount.path == other.path) return true;
      if (mount.type == "btrfs") return other.device == mount.device;
      return other.device_number == mount.device_number;
    });
    if (same == shown.end()) {
      shown.push_back(mount);
    } else if (mount.path == same->path || is_better(mount, *same)) {
      *same = mount;  // mounted over, or a better one of the same
    }
  }
  return shown;
}

}  // namespace oriel::monitor
