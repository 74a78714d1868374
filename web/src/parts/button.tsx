// The two kinds of buttons: an icon with its words in a tool tip, and words with an icon.

import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon";

interface ToolProps {
  icon: IconName;
  label: string;
  onClick: () => void;
  isPressed?: boolean; // a switch
  isOpen?: boolean; // opens something that hangs from it
  isDisabled?: boolean;
  class?: string;
  children?: ComponentChildren;
}

export function ToolButton({ icon, label, onClick, isPressed, isOpen, isDisabled = false, class: extra = "", children }: ToolProps) {
  return (
    <button
      type="button"
      class={`tool ${extra}`}
      aria-label={label}
      data-tip={label}
      aria-pressed={isPressed}
      aria-expanded={isOpen}
      disabled={isDisabled}
      onClick={onClick}
    >
      {children}
      <Icon name={icon} />
    </button>
  );
}

interface ButtonProps {
  onClick?: () => void;
  icon?: IconName;
  kind?: "plain" | "primary" | "danger" | "ghost";
  size?: "normal" | "small" | "wide";
  isSubmit?: boolean;
  isDisabled?: boolean;
  label?: string; // when the words alone do not say it, as in a row of a table
  children: ComponentChildren;
}

export function Button({ onClick, icon, kind = "plain", size = "normal", isSubmit, isDisabled, label, children }: ButtonProps) {
  return (
    <button
      type={isSubmit ? "submit" : "button"}
      class={`button ${kind} ${size}`}
      aria-label={label}
      disabled={isDisabled ?? false}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
