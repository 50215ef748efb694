import type { Comparison } from "../state/comparison.ts";
import { Menu } from "./Menu.tsx";

/** Menu for a second map beside the first, or under a slider. */
export function CompareMenu({ comparison }: { comparison: Comparison }) {
  const mode = comparison.second.value ? comparison.mode.value : "none";
  const choices = [["none", "One map"], ["side", "Side by side"], ["swipe", "Swipe"]] as const;
  return (
    <Menu icon="compare" label="Compare">
      {(close) => (
        <div class="form" role="radiogroup" aria-label="Compare">
          {choices.map(([id, label]) => (
            <label key={id} class="switch">
              <input
                type="radio"
                name="compare"
                checked={id === mode}
                onChange={() => {
                  if (id === "none") comparison.end();
                  else void comparison.show(id);
                  close();
                }}
              />
              {label}
            </label>
          ))}
        </div>
      )}
    </Menu>
  );
}
