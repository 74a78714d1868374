#!/bin/sh
# Captures the real screens in bench/screens/ that the benchmarks read: 1920x1080, from Xvfb.
# Needs: xvfb xterm x11-apps openbox xdotool chromium fonts-dejavu-core python3. They are committed,
# so this runs only when somebody wants other screens; results before and after do not compare then.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
export DISPLAY=:97
Xvfb $DISPLAY -screen 0 1920x1080x24 -nolisten tcp >/dev/null 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait; rm -rf "$work"' EXIT
tries=0
until xdpyinfo >/dev/null 2>&1; do
  tries=$((tries + 1)); [ $tries -lt 100 ] || { echo "make_screens: Xvfb did not start" >&2; exit 1; }
  sleep 0.1
done

capture() {  # capture NAME: the whole screen to screens/NAME.png
  xwd -root -silent -out "$work/screen.xwd"
  python3 "$here/xwd_to_png.py" "$work/screen.xwd" "$here/screens/$1.png"
}

browse() {  # browse FILE: shows a page in a full window, until it has been painted
  chromium --no-sandbox --user-data-dir="$work/profile" --no-first-run --disable-gpu \
    --window-position=0,0 --window-size=1920,1080 --disable-sync --test-type \
    "file://$1" >/dev/null 2>&1 &
  browser=$!
  sleep 8
  capture "$2"
  kill $browser; wait $browser 2>/dev/null || true
}

openbox >/dev/null 2>&1 &
xsetroot -solid '#3a5f7d'
xterm -fa 'DejaVu Sans Mono' -fs 10 -geometry 118x60+0+0 -bg white -fg black \
  -e sh -c "head -60 '$here/../oriel/core/codec/zrle_tile_writer.cc'; exec sleep 100" &
xterm -fn fixed -geometry 120x70+980+0 -bg black -fg grey90 \
  -e sh -c "ls -laR --color=always /usr/include | head -2000; exec sleep 100" &
xclock -geometry 200x200+1700+860 &
sleep 3
xdotool search --class xterm windowactivate 2>/dev/null || true
capture terminals
xdotool search --class xterm windowkill 2>/dev/null || true

python3 "$here/make_pages.py" "$work"
browse "$work/page.html" page
browse "$work/photo.html" photo
