import { applyPalette, GIFEncoder, quantize } from "gifenc";
import type { Viewer } from "../state/viewer.ts";
import { takePicture } from "./picture.ts";
import { leadName } from "../../../contract/lead.ts";

const PNG_WIDTH_PX = 4096;
const GIF_WIDTH_PX = 900;
const MAX_GIF_FRAMES = 60;
const GIF_COLORS = 256;
/** Time that the last image of a loop stays. */
const LAST_MS = 1200;

/** Saves the current view as a PNG. */
export async function savePng(viewer: Viewer): Promise<void> {
  const canvas = await takePicture(viewer, PNG_WIDTH_PX);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the browser could not create an image of this size");
  download(blob, `${fileName(viewer)}.png`);
}

/**
 * Saves the hours of the loop as an animated GIF, at the speed of playback.
 * @param onProgress called with the share that is done, from 0 to 1
 */
export async function saveGif(viewer: Viewer, onProgress: (share: number) => void, signal: AbortSignal): Promise<void> {
  const { first, playback } = viewer;
  playback.pause();
  const began = first.index.peek();
  const frames = first.frames.peek();
  const every = Math.ceil(frames.length / MAX_GIF_FRAMES);
  const indices = frames.map((_, i) => i).filter((i) => i % every === 0);
  const encoder = GIFEncoder();
  try {
    for (const [done, index] of indices.entries()) {
      signal.throwIfAborted();
      await show(viewer, index);
      const canvas = await takePicture(viewer, GIF_WIDTH_PX);
      const { data, width, height } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const palette = quantize(data, GIF_COLORS);
      const delay = done === indices.length - 1 ? LAST_MS : 1000 / playback.speed.peek();
      encoder.writeFrame(applyPalette(data, palette), width, height, { palette, delay });
      onProgress((done + 1) / indices.length);
    }
  } finally {
    first.selectIndex(began);
  }
  encoder.finish();
  download(new Blob([encoder.bytes()], { type: "image/gif" }), `${fileName(viewer)}_loop.gif`);
}

/** Requests a frame and waits until all panes have painted their requested frames. */
async function show({ first, panes }: Viewer, index: number): Promise<void> {
  first.selectIndex(index);
  for (const deadline = Date.now() + 15_000; Date.now() < deadline;) {
    await new Promise((wake) => setTimeout(wake, 16));
    const statuses = panes.peek().map(({ sync }) => sync.status.peek());
    if (statuses.includes("failed")) throw new Error("an hour of the loop could not be loaded");
    if (statuses.every((status) => status === "idle")) return;
  }
  throw new Error("an hour of the loop did not load within 15 s");
}

function fileName({ first }: Viewer): string {
  const { model, run, var: variable, lead } = first.sync.paintedFrame.peek();
  return `${model}_${run}_${variable}_${leadName(lead)}`;
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
