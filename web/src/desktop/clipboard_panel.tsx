// Text in, text out, and whether it goes by itself.

import { screen } from "../connection/connection";
import { Button, ToolButton } from "../parts/button";
import { Drawer } from "../parts/drawer";
import { Icon } from "../parts/icon";
import { copyHere, earlier, fromDesktop, isSyncing, sendToDesktop, syncAbility, toDesktop, type Clip } from "../state/clipboard";
import { bytes } from "../state/format";
import { orTell, tell } from "../state/notices";
import { isClipboardSynced } from "../state/preferences";

const encoder = new TextEncoder();

function copy(text: string): void {
  void orTell(async () => {
    await copyHere(text);
    tell("Copied to this computer.");
  });
}

function timeOf({ at }: Clip): string {
  return at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function ClipboardPanel() {
  return (
    <Drawer title="Clipboard">
      <FromDesktop />
      <ToDesktop />
      <Sync />
      {earlier.value.length > 0 && <Earlier />}
    </Drawer>
  );
}

function FromDesktop() {
  const clip = fromDesktop.value;
  return (
    <section>
      <h3>
        From the desktop
        {clip && <span class="aside">{`${timeOf(clip)} · ${bytes(encoder.encode(clip.text).length)}`}</span>}
      </h3>
      {clip ? (
        <>
          <pre class="out" tabIndex={0} aria-label="Text copied on the desktop">
            {clip.text}
          </pre>
          <Button icon="copy" size="wide" onClick={() => copy(clip.text)}>
            Copy to this computer
          </Button>
        </>
      ) : (
        <p class="empty-state">Copy some text on the desktop and it appears here.</p>
      )}
    </section>
  );
}

function ToDesktop() {
  const isEmpty = toDesktop.value === "";
  const send = (): void => {
    sendToDesktop(toDesktop.value);
    tell("Sent. Paste it on the desktop.");
  };
  return (
    <section>
      <h3>
        <label for="to-desktop">To the desktop</label>
      </h3>
      <textarea id="to-desktop" rows={4} placeholder="Paste or write text here" value={toDesktop.value} onInput={(event) => (toDesktop.value = event.currentTarget.value)} />
      <div class="row">
        <Button kind="primary" icon="send" size="wide" isDisabled={isEmpty} onClick={send}>
          Send
        </Button>
        <Button icon="keyboard" size="wide" isDisabled={isEmpty} onClick={() => screen.peek()?.type(toDesktop.value)}>
          Type as keys
        </Button>
      </div>
      <p class="caption">Type as keys works where paste does not, such as log-in screens.</p>
    </section>
  );
}

function Sync() {
  const { kind, words } = syncAbility.value;
  const id = "clipboard-sync";
  return (
    <section>
      <div class="row">
        <div class="grow">
          <label for={id}>Sync automatically</label>
          <p class="caption" id="sync-words">
            {words}
          </p>
        </div>
        <input
          id={id}
          class="switch"
          type="checkbox"
          role="switch"
          aria-describedby="sync-words"
          checked={isSyncing.value}
          disabled={kind === "none"}
          onChange={(event) => (isClipboardSynced.value = event.currentTarget.checked)}
        />
      </div>
    </section>
  );
}

function Earlier() {
  return (
    <section>
      <h3>Earlier</h3>
      <ul class="earlier">
        {earlier.value.map((clip) => (
          <li key={clip.at.getTime()}>
            <Icon name="clipboard" class="small" />
            <span class="mono one-line">{clip.text}</span>
            <time>{timeOf(clip)}</time>
            <ToolButton icon="copy" label={`Copy “${clip.text.slice(0, 30)}” to this computer`} onClick={() => copy(clip.text)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
