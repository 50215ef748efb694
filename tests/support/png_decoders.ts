import { Buffer } from "node:buffer";
import { decode as decodeByRust } from "@jsquash/png";
import { convertIndexedToRgb, decode as decodeByFastPng } from "fast-png";
import { PNG } from "pngjs";
import { gdalTool } from "./gdal_tools.ts";
import { tempDir } from "./temp_dir.ts";

/** Decodes a PNG to RGBA bytes. */
export type PngDecoder = (png: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/**
 * Four decoders that share no code: two in JavaScript with an inflate each, the `png` crate of Rust, and libpng in
 * GDAL.
 */
export const PNG_DECODERS: Readonly<Record<string, PngDecoder>> = {
  pngjs: (png) => Promise.resolve(PNG.sync.read(Buffer.from(png)).data),
  "fast-png": (png) => {
    const decoded = decodeByFastPng(png, { checkCrc: true });
    if (decoded.palette === undefined) return Promise.resolve(rgbaOf(decoded.data as Uint8Array, decoded.channels));
    const channels = decoded.palette[0]!.length;
    return Promise.resolve(rgbaOf(convertIndexedToRgb(decoded), channels));
  },
  rust: async (png) => new Uint8Array((await decodeByRust(png.buffer)).data.buffer),
  GDAL: decodeByGdal,
};

async function decodeByGdal(png: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  await using folder = await tempDir();
  const [path, raw] = [`${folder.path}/tile.png`, `${folder.path}/tile.bin`];
  await Deno.writeFile(path, png);
  const { bands } = JSON.parse(await gdalTool("gdalinfo", ["-json", path])) as {
    bands: { colorInterpretation: string }[];
  };
  const expand = bands[0]!.colorInterpretation === "Palette" ? ["-expand", "rgba"] : [];
  await gdalTool("gdal_translate", ["-q", ...expand, "-of", "ENVI", "-co", "INTERLEAVE=BIP", path, raw]);
  const bytes = await Deno.readFile(raw);
  return rgbaOf(bytes, expand.length > 0 ? 4 : bands.length);
}

/** Returns RGBA bytes; opaque where there is no alpha. */
function rgbaOf(samples: Uint8Array, channels: number): Uint8Array {
  if (channels === 4) return samples;
  if (channels !== 3) throw new Error(`A tile has ${channels} channels: expected 3 or 4`);
  const rgba = new Uint8Array(samples.length / 3 * 4).fill(255);
  for (let i = 0, j = 0; i < samples.length; i += 3, j += 4) rgba.set(samples.subarray(i, i + 3), j);
  return rgba;
}
