#!/bin/sh
# Records how Xtigervnc sends each of bench/screens/ as ZRLE and Tight, for decoders_bench: 1920x1080.
# Needs: tigervnc-standalone-server imagemagick python3.
#   bench/record_streams.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
mkdir -p "$folder"
Xtigervnc :96 -geometry 1920x1080 -depth 24 -SecurityTypes None -rfbport 5996 -localhost -noreset >"$folder/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait' EXIT
sleep 2
for screen in terminals page photo; do
  DISPLAY=:96 display -window root "$here/screens/$screen.png" || true  # exits with 1 after painting
  for encoding in zrle tight; do
    "$here/../tools/record_vnc_server.py" 5996 "$folder/${screen}_$encoding.vnc" --encoding $encoding --times 1
  done
  "$here/../tools/record_vnc_server.py" 5996 "$folder/${screen}_jpeg.vnc" --encoding tight --quality 8 --times 1
done
