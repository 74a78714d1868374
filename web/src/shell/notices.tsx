// Short words at the lower edge; a screen reader speaks them.

import { ToolButton } from "../parts/button";
import { Icon } from "../parts/icon";
import { dismiss, notices } from "../state/notices";

const icons = { info: "info", error: "warning", message: "message" } as const;

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, kind, text }) => (
        <div key={id} class={`notice-line ${kind}`}>
          <Icon name={icons[kind]} />
          <p>{text}</p>
          {kind !== "info" && <ToolButton icon="x" label="Dismiss" onClick={() => dismiss(id)} />}
        </div>
      ))}
    </div>
  );
}
