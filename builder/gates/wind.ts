import { GdalError } from "../gdal/errors.ts";
import { decodeWind, type WindPixels } from "../wind/wind_png.ts";
import { GateError } from "./gate_error.ts";

/** Checks that a PNG holds a wind, byte by byte, and that the wind is not missing everywhere. @throws GateError */
export function checkWind(png: Uint8Array<ArrayBuffer>, { width, height, pixels }: WindPixels): void {
  const read = readBack(png);
  if (read.width !== width || read.height !== height) {
    fail("size", `${read.width} × ${read.height}`, `${width} × ${height}`);
  }
  if (read.pixels.length !== pixels.length) fail("channels", String(read.pixels.length), String(pixels.length));
  for (let i = 0; i < pixels.length; i++) {
    if (read.pixels[i] !== pixels[i]) {
      fail("written wind equals computed wind", `${read.pixels[i]} in byte ${i}`, String(pixels[i]));
    }
  }
  if (pixels.every((byte) => byte === 0)) fail("wind coverage", "no cell with a wind", "at least one");
}

function readBack(png: Uint8Array<ArrayBuffer>) {
  try {
    return decodeWind(png);
  } catch (error) {
    if (!(error instanceof GdalError)) throw error;
    fail("the PNG is readable", error.message, "an undamaged PNG");
  }
}

function fail(rule: string, measured: string, limit: string): never {
  throw new GateError("wind", rule, measured, limit);
}
