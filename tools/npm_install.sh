#!/bin/sh
# Installs the locked packages of a folder with package-lock.json, when they are not there yet:
#   tools/npm_install.sh FOLDER
# A second call needs no network. Builds that run at the same time wait for one another.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$1"
stamp=node_modules/.installed-lock
want=$(sha256sum package-lock.json | cut -d' ' -f1)

# The lock is outside node_modules, because npm deletes that folder first.
mkdir -p "$root/.cache"
exec 9>"$root/.cache/npm_install.lock"
flock 9

if [ "$(cat "$stamp" 2>/dev/null)" = "$want" ]; then
  exit 0
fi

# A cache of our own: the user's may belong to root after a sudo, or have no home to live in.
# No package of ours needs its install script (esbuild works without).
npm_config_cache="$root/.cache/npm" npm_config_update_notifier=false \
  npm ci --no-audit --no-fund --prefer-offline --ignore-scripts --loglevel=error
echo "$want" > "$stamp"
