import type { Permalink } from "./permalink.ts";
import { NO_REGION } from "./view.ts";
import type { Viewer } from "./viewer.ts";
import { leadText } from "../../../contract/lead.ts";

/** Returns the parts of the page's state that its address contains; those that have their default are left out. */
export function linkOf({ first, comparison, view, layers, pin }: Viewer): Permalink {
  const painted = first.sync.paintedFrame.value;
  const camera = view.camera.value;
  const point = pin.value;
  return {
    model: painted.model,
    run: painted.run,
    var: painted.var,
    fh: leadText(painted.lead),
    ...(camera ? { at: camera } : {}),
    ...(view.region.value === NO_REGION ? {} : { region: view.region.value }),
    ...(point ? { pin: point } : {}),
    ...(layers.areContoursShown.value ? {} : { lines: false }),
    ...(layers.areValuesShown.value ? {} : { values: false }),
    ...(layers.opacity.value === 100 ? {} : { opacity: layers.opacity.value }),
    ...linkOfSecond(comparison),
  };
}

/** Returns the address's part about the second pane; empty without one. */
function linkOfSecond({ second, mode, swipe, isTimeLinked }: Viewer["comparison"]): Permalink {
  const painted = second.value?.sync.paintedFrame.value;
  if (!painted) return {};
  return {
    compare: mode.value,
    ...(mode.value === "swipe" ? { swipe: Math.round(swipe.value * 100) } : {}),
    model2: painted.model,
    run2: painted.run,
    var2: painted.var,
    ...(isTimeLinked.value ? {} : { fh2: leadText(painted.lead) }),
  };
}
