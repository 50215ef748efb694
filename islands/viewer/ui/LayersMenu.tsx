import type { Viewer } from "../state/viewer.ts";
import { Menu } from "./Menu.tsx";

/** Menu for contours, values at places and the opacity of the weather. */
export function LayersMenu({ viewer }: { viewer: Viewer }) {
  return (
    <Menu icon="layers" label="Layers">
      {() => (
        <div class="form">
          <label class="switch contours">
            <input
              type="checkbox"
              checked={viewer.areContoursShown.value}
              onChange={(event) => viewer.areContoursShown.value = event.currentTarget.checked}
            />
            Contours
          </label>
          <label class="switch values">
            <input
              type="checkbox"
              checked={viewer.areValuesShown.value}
              onChange={(event) => viewer.areValuesShown.value = event.currentTarget.checked}
            />
            Values at places
          </label>
          <label class="opacity">
            Opacity <output>{viewer.opacity.value} %</output>
            <input
              type="range"
              min={10}
              max={100}
              step={5}
              value={viewer.opacity.value}
              onInput={(event) => viewer.opacity.value = Number(event.currentTarget.value)}
            />
          </label>
        </div>
      )}
    </Menu>
  );
}
