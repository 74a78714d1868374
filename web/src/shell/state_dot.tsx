// The connection's state as a dot, with its word for those who do not see colours.

import { computed } from "@preact/signals";
import { status } from "../connection/connection";
import { desktopTrouble } from "../state/control";

const words = computed<[kind: string, word: string]>(() => {
  switch (status.value.state) {
    case "connected":
      return desktopTrouble.value ? ["warn", "trouble with the desktop"] : ["ok", "connected"];
    case "idle":
      return ["ok", "signed in"];
    case "waiting":
      return ["warn", "connection lost"];
    case "refused":
    case "sent_away":
      return ["crit", "not connected"];
    default:
      return ["off", "not connected yet"];
  }
});

export function StateDot() {
  const [kind, word] = words.value;
  return <span class={`dot ${kind}`} role="img" aria-label={word} title={word} />;
}
