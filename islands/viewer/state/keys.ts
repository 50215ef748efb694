import type { Viewer } from "./viewer.ts";

const BIG_STEP_HOURS = 6;

const ACTIONS: Readonly<Record<string, (viewer: Viewer, isShift: boolean) => void>> = {
  " ": ({ playback }) => playback.toggle(),
  ArrowLeft: (viewer, isShift) => isShift ? viewer.stepHours(-BIG_STEP_HOURS) : viewer.step(-1),
  ArrowRight: (viewer, isShift) => isShift ? viewer.stepHours(BIG_STEP_HOURS) : viewer.step(1),
  ArrowDown: (viewer) => viewer.step(-1),
  ArrowUp: (viewer) => viewer.step(1),
  PageDown: (viewer) => viewer.stepHours(-BIG_STEP_HOURS),
  PageUp: (viewer) => viewer.stepHours(BIG_STEP_HOURS),
  Home: (viewer) => viewer.step(-Infinity),
  End: (viewer) => viewer.step(Infinity),
  "[": (viewer) => viewer.stepVariable(-1),
  "]": (viewer) => viewer.stepVariable(1),
  l: ({ layers }) => layers.areContoursShown.value = !layers.areContoursShown.peek(),
  v: ({ layers }) => layers.areValuesShown.value = !layers.areValuesShown.peek(),
  c: ({ comparison }) => comparison.second.peek() ? comparison.end() : void comparison.show("side"),
  p: (viewer) => viewer.pinTo(viewer.view.camera.peek()),
  Escape: (viewer) => viewer.pinTo(null),
  "?": (viewer) => viewer.isHelpShown.value = true,
};

/**
 * Elements that use keys themselves. The time slider is not one: its own keys step by minutes, the page's step by
 * hours.
 */
const TYPING = "input:not(.timeline input), select, textarea, dialog, [role=listbox], [role=slider]";
/** Elements that the space bar presses: it must not play as well. */
const PRESSING = "button, a, summary";

/** Handles the keys of the whole page. @returns a function that ends this */
export function followKeys(viewer: Viewer): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (target.closest(TYPING) || (event.key === " " && target.closest(PRESSING))) return;
    const act = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act(viewer, event.shiftKey);
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
