import type { RefObject } from "preact";
import type { Pane } from "../state/pane.ts";
import { formatUnits, formatValue } from "../format.ts";

/** The value beside the pointer. The map moves the element itself, so that pointer moves render nothing. */
export function HoverValue({ pane, element }: { pane: Pane; element: RefObject<HTMLDivElement | null> }) {
  const hover = pane.hover.value;
  const { precision } = pane.sync.sidecar.value;
  return (
    <div ref={element} class="hover" data-status={hover.status} hidden={hover.status !== "value"}>
      {hover.status === "value" && (
        <>
          <b>{hover.sample.label ?? formatValue(hover.sample.value, precision)}</b>
          {hover.sample.label === undefined && <span>{formatUnits(hover.sample.units)}</span>}
        </>
      )}
    </div>
  );
}
