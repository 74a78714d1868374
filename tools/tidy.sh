#!/usr/bin/env bash
# Runs clang-tidy on what differs from the given commit (HEAD when none is named), or on everything:
#   tools/tidy.sh [COMMIT]
#   tools/tidy.sh --all
# Needs a configured build folder: build/dev or build/release.
set -euo pipefail
cd "$(dirname "$0")/.."

build=
for folder in build/dev build/release; do
  if [[ -f $folder/compile_commands.json ]]; then
    build=$folder
    break
  fi
done
if [[ -z $build ]]; then
  echo "tidy: no build folder, run first: cmake --preset dev" >&2
  exit 2
fi

if [[ ${1-} == --all ]]; then
  mapfile -t files < <(find oriel -name '*.cc' | sort)
else
  mapfile -t files < <(git diff --name-only --diff-filter=d "${1-HEAD}" -- 'oriel/*.cc' &&
    git ls-files --others --exclude-standard -- 'oriel/*.cc')
fi
# Tests are left out: what GoogleTest's macros become is not ours to tidy.
sources=()
for file in "${files[@]}"; do
  [[ $file == *_test.cc || $file == *_bench.cc ]] || sources+=("$file")
done
if ((${#sources[@]} == 0)); then
  echo "tidy: nothing to check"
  exit 0
fi
# The flags are those of g++; clang has not heard of some warnings.
printf '%s\0' "${sources[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option
echo "tidy: ${#sources[@]} files"
