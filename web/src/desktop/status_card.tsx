// The words in the middle while there is no live picture: what is going on, and one button.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { connect, pictureTaken, status, usePassword, type Status } from "../connection/connection";
import { Button } from "../parts/button";
import { Icon } from "../parts/icon";
import { hasApi, hostName, session } from "../state/session";

export function StatusCard({ isOverPage }: { isOverPage: boolean }) {
  return (
    <div class={`veil ${isOverPage ? "shade" : ""}`}>
      <section id="panel" class="card" aria-label="Connection">
        <Words now={status.value} />
      </section>
    </div>
  );
}

function Words({ now }: { now: Status }) {
  switch (now.state) {
    case "connecting":
      return <Connecting step={now.step} />;
    case "waiting":
      return <Waiting now={now} />;
    case "password":
      return <Password now={now} />;
    case "refused":
      return (
        <Said title={now.title} detail={now.detail}>
          <ConnectButton>Try again</ConnectButton>
        </Said>
      );
    case "sent_away":
      return (
        <Said title="You have been disconnected by admin" detail={now.reason ? `Reason: ${now.reason}` : "No reason was given."}>
          <ConnectButton>Connect again</ConnectButton>
        </Said>
      );
    default:
      return null;
  }
}

function ConnectButton({ children }: { children: string }) {
  return (
    <Button kind="primary" size="wide" onClick={() => void connect()}>
      {children}
    </Button>
  );
}

// The title and detail are a live region; what changes every second is outside it.
function Said({ title, detail, children }: { title: ComponentChildren; detail?: string; children?: ComponentChildren }) {
  return (
    <>
      <div role="status" aria-live="polite">
        <h1>{title}</h1>
        {detail && <p class="soft">{detail}</p>}
      </div>
      {children}
    </>
  );
}

function Connecting({ step }: { step: "server" | "picture" }) {
  const title = (
    <span class="row">
      <span class="spinner" />
      {`Connecting to ${hostName.value}…`}
    </span>
  );
  return (
    <Said title={title}>
      <ol class="steps">
        <Step isDone={step === "picture"}>Reach the server</Step>
        <Step isDone={false} isNow={step === "picture"}>
          Wait for the first picture
        </Step>
      </ol>
    </Said>
  );
}

function Step({ isDone, isNow = !isDone, children }: { isDone: boolean; isNow?: boolean; children: string }) {
  return (
    <li class={isDone ? "done" : isNow ? "now" : ""}>
      {isDone ? <Icon name="check" /> : <span class="bullet" />}
      {children}
    </li>
  );
}

function Waiting({ now }: { now: Extract<Status, { state: "waiting" }> }) {
  const taken = pictureTaken.value;
  return (
    <Said title={now.title} detail={now.detail}>
      <p class="soft countdown">
        {"Trying again in "}
        <b>{`${now.left_s} s`}</b>.{taken && ` The picture is from ${taken.toLocaleTimeString("en-GB")}.`}
      </p>
      <progress class="progress" max={now.total_s} value={now.total_s - now.left_s} aria-label="Time until the next attempt" />
      <ConnectButton>Try now</ConnectButton>
      <p class="caption">{`Attempt ${now.attempt}. What you type now is not sent.`}</p>
    </Said>
  );
}

function Password({ now }: { now: Extract<Status, { state: "password" }> }) {
  const field = useRef<HTMLInputElement>(null);
  const password = useSignal("");
  const isShown = useSignal(false);
  const isCapsLocked = useSignal(false);
  const isLocked = now.lockedFor_s > 0;
  useLayoutEffect(() => {
    if (!now.isBusy && !isLocked) field.current?.select();
  }, [now.isBusy, isLocked]);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (password.value && !isLocked) void usePassword(password.value);
  };
  const { mistake } = now;
  return (
    <Said title={`${hostName.value} asks for a password`} detail="The full password lets you control the desktop. The view-only password lets you watch.">
      <form class="stack" onSubmit={submit}>
        <label class="field">
          <span>Password</span>
          <span class={`field-box ${mistake ? "bad" : ""}`}>
            <input
              ref={field}
              name="password"
              {...(isShown.value ? { type: "text" } : { type: "password" })}
              autocomplete="current-password"
              aria-invalid={mistake !== ""}
              aria-describedby="password-mistake"
              value={password.value}
              onInput={(event) => (password.value = event.currentTarget.value)}
              onKeyUp={(event) => (isCapsLocked.value = event.getModifierState("CapsLock"))}
            />
            <button type="button" class="tool" aria-label="Show the password" aria-pressed={isShown.value} onClick={() => (isShown.value = !isShown.value)}>
              <Icon name={isShown.value ? "eyeOff" : "eye"} />
            </button>
          </span>
        </label>
        <p id="password-mistake" class="mistake" role="alert">
          {(mistake || isCapsLocked.value) && <Icon name="warning" />}
          <span>
            {mistake}
            {isCapsLocked.value && <b> Caps Lock is on.</b>}
          </span>
        </p>
        {isLocked && (
          <p class="soft countdown">
            {"You can try again in "}
            <b>{`${now.lockedFor_s} s`}</b>.
          </p>
        )}
        <Button kind="primary" size="wide" isSubmit isDisabled={isLocked || now.isBusy || password.value === ""}>
          {now.isBusy ? "Connecting…" : "Connect"}
        </Button>
      </form>
      <p class="caption row">
        <Icon name="lock" class="small" />
        {secrecy()}
      </p>
    </Said>
  );
}

function secrecy(): string {
  const isEncrypted = location.protocol === "https:" || session.value?.tls === true;
  if (isEncrypted) return "Sent encrypted, and not kept in this browser.";
  return hasApi.value ? "Not kept in this browser. This page is not encrypted." : "Not kept in this browser.";
}
