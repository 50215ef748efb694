import { encodePalettePng } from "./png.ts";

const made = new Map<number, Uint8Array<ArrayBuffer>>();

/** A fully transparent tile. */
export function emptyTile(sizePx: number): Uint8Array<ArrayBuffer> {
  let png = made.get(sizePx);
  if (!png) {
    // Rows of a filter type and palette numbers, all of them 0; colour 0 is transparent black.
    png = encodePalettePng(sizePx, sizePx, new Uint8Array((1 + sizePx) * sizePx), Uint32Array.of(0));
    made.set(sizePx, png);
  }
  return png;
}
