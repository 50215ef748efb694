import { useRef, useState } from "preact/hooks";
import { messageOf } from "../requests/describe_error.ts";
import type { Viewer } from "../state/viewer.ts";
import { Menu } from "./Menu.tsx";

/** Menu for a link to this view, an image of it, and the loop as an animation. */
export function ShareMenu({ viewer }: { viewer: Viewer }) {
  const [words, setWords] = useState("");
  const [isSaving, setSaving] = useState(false);
  const abort = useRef<AbortController | null>(null);

  const attempt = async (act: () => Promise<string>) => {
    setSaving(true);
    try {
      setWords(await act());
    } catch (error) {
      setWords(
        error instanceof DOMException && error.name === "AbortError" ? "Stopped" : `Not saved: ${messageOf(error)}`,
      );
    } finally {
      setSaving(false);
      abort.current = null;
    }
  };
  const copy = () =>
    attempt(async () => {
      // Browsers offer the clipboard on secure pages only.
      if (!navigator.clipboard) {
        throw new Error("this browser copies on https pages only; copy the page's address instead");
      }
      await navigator.clipboard.writeText(location.href);
      return "The link is copied";
    });
  const png = () =>
    attempt(async () => {
      const { savePng } = await import("../export/save.ts");
      await savePng(viewer);
      return "The picture is saved";
    });
  const gif = () =>
    attempt(async () => {
      const { saveGif } = await import("../export/save.ts");
      abort.current = new AbortController();
      await saveGif(viewer, (share) => setWords(`Animation: ${Math.round(share * 100)} %`), abort.current.signal);
      return "The animation is saved";
    });

  return (
    <Menu icon="share" label="Share">
      {() => (
        <div class="form">
          <button type="button" class="row" disabled={isSaving} onClick={() => void copy()}>Copy link</button>
          <button type="button" class="row" disabled={isSaving} onClick={() => void png()}>Save picture (PNG)</button>
          <button type="button" class="row" disabled={isSaving} onClick={() => void gif()}>Save animation (GIF)</button>
          {abort.current && <button type="button" class="row" onClick={() => abort.current?.abort()}>Stop</button>}
          <output class="words" aria-live="polite">{words}</output>
        </div>
      )}
    </Menu>
  );
}
