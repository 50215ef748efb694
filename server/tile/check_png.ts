import { crc32 } from "node:zlib";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const HEADER_BYTES = 13;
/** Length, type and CRC of a chunk. */
const FRAME_BYTES = 12;
/** Limit on chunks, far more than a tile has: header, palette, alpha of the palette, pixels, end. */
const MAX_CHUNKS = 32;

/**
 * Checks that bytes from another process are a complete PNG of a tile's size: header, chunks with correct lengths and
 * CRCs, pixels, and nothing after the end. The pixels are not inflated; the browser does that.
 * @throws TypeError that names the defect
 */
export function checkPng(bytes: Uint8Array, sizePx: number): void {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) throw new TypeError("the tile is not a PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hasPixels = false;
  let at = SIGNATURE.length;
  for (let number = 0; number < MAX_CHUNKS; number++) {
    if (at + FRAME_BYTES > bytes.length) throw new TypeError("the PNG is truncated");
    const length = view.getUint32(at);
    const end = at + FRAME_BYTES + length;
    if (end > bytes.length) throw new TypeError("the PNG has a truncated chunk");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw new TypeError(`chunk ${number} of the PNG is damaged`);
    }
    if ((type === "IHDR") !== (number === 0)) {
      throw new TypeError("the PNG's header is not the first chunk, or is repeated");
    }
    if (number === 0) checkHeader(view, at + 8, length, sizePx);
    hasPixels ||= type === "IDAT";
    if (type === "IEND") {
      if (!hasPixels) throw new TypeError("the PNG has no pixels");
      if (end !== bytes.length) throw new TypeError(`the PNG has ${bytes.length - end} bytes after its end`);
      return;
    }
    at = end;
  }
  throw new TypeError(`the PNG has more than ${MAX_CHUNKS} chunks`);
}

function checkHeader(view: DataView, at: number, length: number, sizePx: number): void {
  if (length !== HEADER_BYTES) throw new TypeError(`the PNG has a header of ${length} bytes: expected ${HEADER_BYTES}`);
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  if (width !== sizePx || height !== sizePx) {
    throw new TypeError(`the PNG has ${width} × ${height} pixels: expected ${sizePx} × ${sizePx}`);
  }
}
