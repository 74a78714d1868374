// Asks once before a viewer is sent away, and what to write to one.

import { signal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ViewerDocument } from "../api/types";
import { Button } from "../parts/button";
import { orTell, tell } from "../state/notices";
import { disconnectViewer, sendMessage } from "./live";

export interface Asked {
  kind: "disconnect" | "message";
  viewer: ViewerDocument;
}

export const dialog = signal<Asked | null>(null);

const words = {
  disconnect: { title: "Disconnect", field: "Reason, which they are told", button: "Disconnect", done: "is disconnected" },
  message: { title: "Write to", field: "Message", button: "Send", done: "got your message" },
} as const;

const text_max = 200;

export function ViewerDialog({ asked: { kind, viewer } }: { asked: Asked }) {
  const box = useRef<HTMLDialogElement>(null);
  const text = useSignal("");
  const { title, field, button, done } = words[kind];
  useLayoutEffect(() => box.current?.showModal(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    void orTell(async () => {
      await (kind === "disconnect" ? disconnectViewer(viewer.id, text.value) : sendMessage(viewer.id, text.value));
      tell(`${viewer.peer} ${done}.`);
    });
    box.current?.close();
  };
  return (
    <dialog ref={box} class="card" aria-labelledby="dialog-title" onClose={() => (dialog.value = null)}>
      <form class="stack" onSubmit={submit}>
        <h1 id="dialog-title">{`${title} ${viewer.peer}`}</h1>
        <label class="field">
          <span>{field}</span>
          <span class="field-box">
            <input value={text.value} maxLength={text_max} required={kind === "message"} onInput={(event) => (text.value = event.currentTarget.value)} />
          </span>
        </label>
        <div class="row end">
          <Button onClick={() => box.current?.close()}>Cancel</Button>
          <Button kind={kind === "disconnect" ? "danger" : "primary"} isSubmit>
            {button}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
