import type { RefObject } from "preact";
import { formatValue } from "./format.ts";
import type { ViewerState } from "./state.ts";

/** The value beside the pointer. The map moves the element itself, so that following the pointer renders nothing. */
export function HoverValue({ state, element }: { state: ViewerState; element: RefObject<HTMLDivElement | null> }) {
  const hover = state.hover.value;
  const { precision } = state.sidecar.value;
  return (
    <div ref={element} class="hover" role="status" data-status={hover.status} hidden={hover.status !== "value"}>
      {hover.status === "value" && (
        <>
          <b>{hover.sample.label ?? formatValue(hover.sample.value, precision)}</b>
          {hover.sample.label === undefined && <span>{hover.sample.units}</span>}
        </>
      )}
    </div>
  );
}
