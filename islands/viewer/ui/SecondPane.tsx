import { useEffect } from "preact/hooks";
import { effect } from "@preact/signals";
import type { Pane } from "../state/pane.ts";
import type { Viewer } from "../state/viewer.ts";
import { formatTime } from "../format.ts";
import { Icon } from "./icons.tsx";
import { Legend } from "./Legend.tsx";
import { PaneChoices } from "./PaneChoices.tsx";
import { PaneView } from "./PaneView.tsx";
import { leadOf, leadWords } from "../../../contract/lead.ts";

/**
 * The map that the first is compared with: its own model, run and variable, and the same time unless another is chosen.
 */
export function SecondPane({ viewer, pane }: { viewer: Viewer; pane: Pane }) {
  const { comparison } = viewer;
  const sidecar = pane.sync.sidecar.value;
  // The same valid time, or the nearest one that this model has.
  useEffect(() =>
    effect(() => {
      const timeMs = viewer.first.validTimeMs.value;
      if (comparison.isTimeLinked.value) pane.selectTime(timeMs);
    }), []);
  return (
    <div class="pane second">
      <PaneView viewer={viewer} pane={pane} />
      <div class="pane-head">
        <PaneChoices viewer={viewer} pane={pane} />
        <label class="choice hour-choice">
          <span>Valid</span>
          <select
            value={comparison.isTimeLinked.value ? "linked" : String(pane.index.value)}
            onChange={(event) => {
              const { value } = event.currentTarget;
              comparison.isTimeLinked.value = value === "linked";
              if (value !== "linked") pane.selectIndex(Number(value));
            }}
          >
            <option value="linked" selected={comparison.isTimeLinked.value}>Same time</option>
            {pane.frames.value.map((frame, i) => (
              <option
                key={frame.frame}
                value={String(i)}
                selected={!comparison.isTimeLinked.value && i === pane.index.value}
              >
                +{leadWords(leadOf(frame))}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="key" aria-label="End comparison" onClick={() => comparison.end()}>
          <Icon name="close" />
        </button>
      </div>
      <div class="pane-foot">
        <p class="pane-time">
          <time dateTime={sidecar.valid_time}>{formatTime(sidecar.valid_time, undefined)}</time>{" "}
          <span>+{leadWords(leadOf(sidecar))}</span>
        </p>
        <Legend pane={pane} of="Legend of the second map" />
      </div>
    </div>
  );
}
