// The panel in the middle of the window that says in words what is going on while there is no live
// picture. One message at a time, at most one button.

export interface Message {
  title: string;
  detail?: string;
  action?: { label: string; run: () => void };
}

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element #${id}`);
  return found as T;
}

export class Panel {
  private readonly box = element("panel");
  private readonly title = element("panel-title");
  private readonly detail = element("panel-detail");
  private readonly countdown = element("panel-countdown");
  private readonly button = element<HTMLButtonElement>("panel-action");
  private run: () => void = () => {};

  constructor() {
    this.button.addEventListener("click", () => this.run());
  }

  // Replaces what is shown. The texts are a live region, so unchanged ones are left alone: a screen
  // reader speaks each once.
  show(message: Message): void {
    setText(this.title, message.title);
    setText(this.detail, message.detail ?? "");
    this.setCountdown("");
    this.button.hidden = !message.action;
    if (message.action) {
      setText(this.button, message.action.label);
      this.run = message.action.run;
    }
    this.box.hidden = false;
  }

  // A line outside the live region, because it changes every second.
  setCountdown(text: string): void {
    setText(this.countdown, text);
  }

  hide(): void {
    this.box.hidden = true;
    setText(this.title, "");
  }
}

function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
  target.classList.toggle("empty", text === "");
}
