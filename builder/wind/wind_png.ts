import { crc32, deflateSync } from "node:zlib";
import { PNG_FILTER, PNG_SIGNATURE, pngChunk, pngHeader } from "../../contract/png.ts";
import { concatenate } from "../concatenate.ts";
import type { EarthWind } from "../derive/wind.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";

/** Byte of a component of 0 m/s. Bytes run from 1 to 255; 0 is missing. */
export const CALM = 128;
const LARGEST = 127;
/** Smallest step, in m/s: winds below 16 m/s are kept to a sixteenth of a metre per second. */
const SMALLEST_STEP = 1 / 8;
const CHANNELS = 3;

/** The pixels of a wind: red is the component towards the east, green towards the north, blue is 0. */
export interface WindPixels {
  readonly width: number;
  readonly height: number;
  /** Three bytes per cell, row 0 north. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** A wind as bytes. */
export interface WindBytes extends WindPixels {
  /** A component is `(byte − CALM) * stepMs` in m/s; byte 0 is missing in both. */
  readonly stepMs: number;
}

/** Rounds a wind in m/s to bytes, with the smallest power of two as step that its strongest component fits into. */
export function windBytes({ east, north }: EarthWind): WindBytes {
  const { width, height } = east;
  let strongest = 0;
  for (const { values } of [east, north]) {
    for (let i = 0; i < values.length; i++) {
      const strength = Math.abs(values[i]!);
      if (strength > strongest) strongest = strength; // false for NaN
    }
  }
  const stepMs = Math.max(2 ** Math.ceil(Math.log2(strongest / LARGEST)), SMALLEST_STEP);
  const pixels = new Uint8Array(width * height * CHANNELS);
  for (let i = 0; i < east.values.length; i++) {
    const [u, v] = [east.values[i]!, north.values[i]!];
    if (u !== u || v !== v) continue; // NaN
    pixels[i * CHANNELS] = CALM + Math.round(u / stepMs);
    pixels[i * CHANNELS + 1] = CALM + Math.round(v / stepMs);
  }
  return { width, height, stepMs, pixels };
}

/** Encodes a wind as PNG, without any colour correction that a reader could apply to its bytes. */
export function encodeWind({ width, height, pixels }: WindPixels): Uint8Array<ArrayBuffer> {
  const stride = width * CHANNELS;
  const rows = new Uint8Array((stride + 1) * height);
  // Differences from the row above (filter "up"): winds change little from row to row.
  for (let y = 0; y < height; y++) {
    rows[y * (stride + 1)] = PNG_FILTER.up;
    const row = rows.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    row.set(pixels.subarray(y * stride, (y + 1) * stride));
    if (y > 0) subtract(row, pixels.subarray((y - 1) * stride, y * stride));
  }
  return concatenate([
    PNG_SIGNATURE,
    pngHeader(width, height, "rgb", crc32),
    pngChunk("IDAT", deflateSync(rows), crc32),
    pngChunk("IEND", new Uint8Array(), crc32),
  ]);
}

/** Subtracts bytes modulo 256. */
function subtract(from: Uint8Array, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) from[i] = from[i]! - bytes[i]!;
}

/** Reads the bytes of a wind back from a PNG. @throws GdalError when the PNG is damaged */
export function decodeWind(png: Uint8Array<ArrayBuffer>): WindPixels {
  using file = MemoryFile.of(png, "png");
  using dataset = Dataset.open(file.path, { drivers: ["PNG"] });
  const { width, height, bandCount } = dataset;
  const pixels = new Uint8Array(width * height * bandCount);
  dataset.readInterleaved(pixels);
  return { width, height, pixels };
}
