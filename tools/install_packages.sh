#!/usr/bin/env bash
# Installs the Debian packages of the given lists that are missing:
#   tools/install_packages.sh build run test
# When nothing is missing it needs neither root nor network. Asks nothing.
set -euo pipefail
cd "$(dirname "$0")"

wanted=()
for list in "$@"; do
  while read -r package; do
    [[ -z $package || $package == \#* ]] || wanted+=("$package")
  done < "packages_$list.txt"
done

# Debian's npm cannot be installed beside another vendor's node, so a node that is new enough stays.
node_is_there() {
  command -v npm > /dev/null || return 1
  local version
  version=$(node --version 2> /dev/null || nodejs --version 2> /dev/null) || return 1
  version=${version#v}
  ((${version%%.*} >= 18))
}
if [[ " $* " == *" build "* ]] && ! node_is_there; then
  wanted+=(nodejs npm)
fi

installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii *//p')
missing=()
for package in "${wanted[@]}"; do
  grep -qxF -- "$package" <<< "$installed" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  as_root=(sudo -n)
  if ! sudo -n true 2> /dev/null; then
    echo "Missing packages: run this as root, or install them: apt-get install ${missing[*]}" >&2
    exit 2
  fi
fi
apt_get() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >&2; }

echo "Installing ${#missing[@]} packages: ${missing[*]}" >&2
apt_get update || { sleep 5; apt_get update; }
apt_get install -y --no-install-recommends "${missing[@]}"
