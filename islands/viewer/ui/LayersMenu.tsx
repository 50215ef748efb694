import type { Layers } from "../state/layers.ts";
import { Menu } from "./Menu.tsx";

/** Menu for contours, values at places and the opacity of the weather. */
export function LayersMenu({ layers }: { layers: Layers }) {
  return (
    <Menu icon="layers" label="Layers">
      {() => (
        <div class="form">
          <label class="switch contours">
            <input
              type="checkbox"
              checked={layers.areContoursShown.value}
              onChange={(event) => layers.areContoursShown.value = event.currentTarget.checked}
            />
            Contours
          </label>
          <label class="switch values">
            <input
              type="checkbox"
              checked={layers.areValuesShown.value}
              onChange={(event) => layers.areValuesShown.value = event.currentTarget.checked}
            />
            Values at places
          </label>
          <label class="opacity">
            Opacity <output>{layers.opacity.value} %</output>
            <input
              type="range"
              min={10}
              max={100}
              step={5}
              value={layers.opacity.value}
              onInput={(event) => layers.opacity.value = Number(event.currentTarget.value)}
            />
          </label>
        </div>
      )}
    </Menu>
  );
}
