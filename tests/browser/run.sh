#!/bin/sh
# Tests the page in Debian's Chromium against the real server:
#   tests/browser/run.sh BUILD_DIR [FILE.test.mjs...]
# The last line printed is "N passed, N failed, N skipped".
set -eu

if [ $# -lt 1 ]; then
  echo "usage: tests/browser/run.sh BUILD_DIR [FILE.test.mjs...]" >&2
  exit 2
fi
ORIEL_BUILD=$(cd "$1" && pwd)
export ORIEL_BUILD
shift
folder=$(cd "$(dirname "$0")" && pwd)
"$folder/../../tools/npm_install.sh" "$folder"
exec node "$folder/run.mjs" "$@"
