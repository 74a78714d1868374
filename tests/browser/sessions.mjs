// Sessions for the headless desktop of a test: shell scripts that draw something known.

const font = "-fa 'DejaVu Sans Mono'";

// Patterns, curves and a ramp of colours, so that a swapped channel, a shifted row or a lost tile shows.
export const picture = `
xsetroot -mod 5 7 -bg '#336699' -fg '#cc9933'
xlogo -geometry 300x300+640+40 -fg '#e04040' -bg '#102030' &
exec xterm ${font} -fs 11 -geometry 60x20+40+40 -bg '#1b2027' -fg '#d8dee9' -e sh -c '
i=0
while [ $i -lt 256 ]; do
  printf "\\033[48;2;%d;%d;%dm " $i $((255 - i)) $((i * 7 % 256))
  i=$((i + 1))
done
printf "\\033[0m\\nOriel\\033[?25l"
exec sleep 1000'`;

// Two terminals of one size: a shell to type in on the left; on the right one that has printed `text`,
// which is what the left one must look like in the end. Both hide the text cursor, whose shape tells focus.
export const typingWidth = 560;
export const typingHeight = 300;
export const typing = (text) => `
xsetroot -solid '#204060'
terminal() { xterm ${font} -fs 20 -bw 0 -b 4 +sb -geometry 32x8"$@"; }
terminal +640+0 -e sh -c 'printf "${text}\\033[?25l"; exec sleep 1000' &
PS1='> ' ENV= terminal +0+0 -e sh -c 'printf "\\033[?25l"; exec sh' &
wait`;

// For the README: a terminal with a real shell on a calm background, and beside it the program ./colours.
// openbox starts the terminal when it is ready to frame it.
export const terminalBackground = [0x14, 0x18, 0x1d];
export const lastColourOfColours = [188, 190, 141];
export const pleasant = `
xsetroot -solid '#232a33'
mkdir "$0.home" && cd "$0.home" || exit 1
cat > colours <<'END'
#!/bin/sh
row=0
while [ $row -lt 6 ]; do
  i=0
  while [ $i -lt 80 ]; do
    printf "\\033[48;2;%d;%d;%dm " $((30 + i * 2)) $((40 + row * 30)) $((220 - i))
    i=$((i + 1))
  done
  printf "\\033[0m\\n"
  row=$((row + 1))
done
END
cat > terminal <<'END'
#!/bin/sh
cd "$(dirname "$0")" || exit 1
PS1=$(printf "\\033[38;2;134;163;255moriel\\033[0m:~$ ") ENV= exec xterm ${font} -fs 13 -geometry 84x21+170+150 \
  -bg '#14181d' -fg '#d8dee9' -b 12 -T 'Terminal' -e sh
END
chmod +x colours terminal
exec openbox --startup "$PWD/terminal"`;

// Writes each key and button that reaches the desktop into "$0.events", which `typed` and `clicked` read.
export const listening = `
xsetroot -solid '#204060'
exec stdbuf -oL xev -geometry 1280x800+0+0 -event keyboard -event button > "$0.events"`;

// The key presses that a listening session saw: keysyms, in order.
export function pressed(events) {
  return [...events.matchAll(/KeyPress event[\s\S]*?keysym (0x[0-9a-f]+)/g)].map(([, keysym]) => Number(keysym));
}

// Key presses and releases, such as "+0xffe3" and "-0xffe3".
export function keyed(events) {
  return [...events.matchAll(/Key(Press|Release) event[\s\S]*?keysym (0x[0-9a-f]+)/g)].map(
    ([, kind, keysym]) => (kind === "Press" ? "+" : "-") + keysym,
  );
}

// The buttons pressed, in order: 1 is the left one, 3 the right one, 4 and 5 the wheel.
export function clicked(events) {
  return [...events.matchAll(/ButtonPress event[\s\S]*?button (\d+)/g)].map(([, button]) => Number(button));
}

// Something that changes all the time, for whoever counts frames.
export const moving = `
xsetroot -solid '#204060'
exec xterm ${font} -fs 11 -geometry 80x24+40+40 -e sh -c 'i=0; while :; do i=$((i+1)); echo "line $i of many, with some text in it"; sleep 0.05; done'`;
