// The menu of scale and quality.

import { screen } from "../connection/connection";
import { windowSize } from "../connection/scaling";
import { Menu, MenuItem } from "../parts/menu";
import { may } from "../state/session";
import { closeFloating } from "../state/floating";
import { percent } from "../state/format";
import { quality, scale, type Quality } from "../state/preferences";
import { isWatcher } from "../state/control";

const qualities: readonly { name: Quality; words: string; hint: string }[] = [
  { name: "auto", words: "Auto", hint: "good for most links" },
  { name: "sharp", words: "Sharp", hint: "best picture" },
  { name: "fast", words: "Fast", hint: "least data" },
];

function choose(change: () => void): () => void {
  return () => {
    change();
    closeFloating();
  };
}

export function ViewMenu() {
  const { w, h } = windowSize();
  const current = screen.value;
  const canMatch = current?.canResize === true && !isWatcher.value && may("resize");
  return (
    <Menu label="Scale and quality" class="view-menu">
      <div role="group" aria-label="Scale">
        <div class="title" aria-hidden="true">
          Scale
        </div>
        <MenuItem isChecked={scale.value === "fit"} hint={scale.value === "fit" && current ? percent(current.zoom) : ""} onClick={choose(() => (scale.value = "fit"))}>
          Fit
        </MenuItem>
        <MenuItem isChecked={scale.value === "one"} hint="100%" onClick={choose(() => (scale.value = "one"))}>
          1:1
        </MenuItem>
        <MenuItem isChecked={scale.value === "match"} isDisabled={!canMatch} hint={canMatch ? `${w}×${h}` : "not on this desktop"} onClick={choose(() => (scale.value = "match"))}>
          Match my window
        </MenuItem>
      </div>
      <hr />
      <div role="group" aria-label="Quality">
        <div class="title" aria-hidden="true">
          Quality
        </div>
        {qualities.map(({ name, words, hint }) => (
          <MenuItem key={name} isChecked={quality.value === name} hint={hint} onClick={choose(() => (quality.value = name))}>
            {words}
          </MenuItem>
        ))}
      </div>
    </Menu>
  );
}
