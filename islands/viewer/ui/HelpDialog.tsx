import { useEffect, useRef } from "preact/hooks";
import type { Viewer } from "../state/viewer.ts";

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ["Space", "play or pause"],
  ["← →", "one hour back or forward; with Shift six hours"],
  ["Page ↓ ↑", "six hours back or forward"],
  ["Home  End", "first and last hour"],
  ["[  ]", "previous and next variable"],
  ["L", "contours on or off"],
  ["V", "values at places on or off"],
  ["C", "compare with a second map, or end it"],
  ["P", "all hours in the middle of the view"],
  ["Esc", "close what is open, remove the pin"],
  ["?", "this help"],
];

/** Dialog with the keys and with hints that cannot be guessed. */
export function HelpDialog({ viewer }: { viewer: Viewer }) {
  const element = useRef<HTMLDialogElement>(null);
  const isShown = viewer.isHelpShown.value;
  useEffect(() => {
    if (isShown) element.current?.showModal();
    else element.current?.close();
  }, [isShown]);
  return (
    <dialog
      ref={element}
      class="help"
      aria-labelledby="help-title"
      onClose={() => viewer.isHelpShown.value = false}
    >
      <h2 id="help-title">Keys</h2>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys.split(/\s+/).map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>
        Point at the map for the value there; click for all hours at that place. The bar below the map is dark where it
        is night in the middle of the view; its bright part is in memory and plays without the network. An orange mark
        is an hour that did not load in time.
      </p>
      <form method="dialog">
        <button type="submit" class="row">Close</button>
      </form>
    </dialog>
  );
}
