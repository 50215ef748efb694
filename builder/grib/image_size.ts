import type { FieldHeader } from "./field_header.ts";
import { BadGribError } from "./messages.ts";
import { DATA_HEADER_BYTES, packingName, PNG } from "./packing.ts";

/**
 * Checks that the image of a field packed as JPEG 2000 or PNG has one pixel for each value: decoders allocate memory by
 * the image's own header.
 * @throws BadGribError for an image of another size, or data that is no such image
 * @see GRIB2 templates 7.40 and 7.41
 */
export function requireImageSize(
  view: DataView,
  { sections, packing: { template, count, bits } }: Pick<FieldHeader, "sections" | "packing">,
): void {
  // A constant field has no image.
  if (bits === 0 || count === 0) return;
  const length = view.getUint32(sections.data) - DATA_HEADER_BYTES;
  const pixels = (template === PNG ? pngPixels : jpeg2000Pixels)(view, sections.data + DATA_HEADER_BYTES, length);
  if (pixels === count) return;
  const found = pixels === null ? `no ${packingName(template)} header` : `an image of ${pixels} pixels`;
  throw new BadGribError(`${found}, expected ${count} pixels`);
}

/** Reads width × height from the IHDR chunk. Null when there is none. */
function pngPixels(view: DataView, at: number, length: number): number | null {
  const SIGNATURE = [0x89504e47, 0x0d0a1a0a];
  if (length < 24 || view.getUint32(at) !== SIGNATURE[0] || view.getUint32(at + 4) !== SIGNATURE[1]) return null;
  return view.getUint32(at + 16) * view.getUint32(at + 20);
}

/** Reads width × height from the SIZ marker of a bare codestream. Null when there is none. */
function jpeg2000Pixels(view: DataView, at: number, length: number): number | null {
  const START_AND_SIZE = 0xff4fff51;
  if (length < 24 || view.getUint32(at) !== START_AND_SIZE) return null;
  const [width, height, offsetX, offsetY] = [8, 12, 16, 20].map((offset) => view.getUint32(at + offset)) as [
    ...[number, number, number, number],
  ];
  return (width - offsetX) * (height - offsetY);
}
