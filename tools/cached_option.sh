#!/bin/sh
# Prints the value of an option in the CMake cache of a build folder, or the given one when there is no cache:
#   tools/cached_option.sh build/release ORIEL_TESTS OFF
set -eu
value=$(sed -n "s/^$2:[A-Z]*=//p" "$1/CMakeCache.txt" 2> /dev/null || true)
echo "${value:-$3}"
