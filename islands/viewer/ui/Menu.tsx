import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { useDismiss } from "./hooks.ts";
import { Icon, type IconName } from "./icons.tsx";

interface MenuProps {
  readonly icon: IconName;
  readonly label: string;
  readonly children: (close: () => void) => ComponentChildren;
}

/** A button that opens a small panel below itself. */
export function Menu({ icon, label, children }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const element = useRef<HTMLDivElement>(null);
  const id = useId();
  const close = () => setOpen(false);
  useDismiss(element, isOpen, close);
  return (
    <div class="menu" ref={element}>
      <button
        type="button"
        class="tool"
        aria-expanded={isOpen}
        aria-controls={id}
        title={label}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={icon} />
        <span>{label}</span>
      </button>
      <div class="popup" id={id} role="group" aria-label={label} hidden={!isOpen}>{isOpen && children(close)}</div>
    </div>
  );
}
