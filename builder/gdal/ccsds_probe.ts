import { Dataset } from "./dataset.ts";
import { GdalError } from "./errors.ts";
import { MemoryFile } from "./memory_file.ts";

/**
 * A CCSDS-packed GRIB2 message (data representation template 5.42) of 8 × 8 made-up temperatures from 270 to 299 K, in
 * base64. Made with GDAL's GRIB writer and then ecCodes: `grib_set -r -s packingType=grid_ccsds in.grib2 out.grib2`.
 */
const MESSAGE =
  "R1JJQgAAAAIAAAAAAAAA/QAAABUBAP///wIAAAfqAQEAAAD//wAAAAUCAAAASAMAAAAAQAAAAAABAiX5uVT/////////////AAAACAAAAAgAAAAA" +
  "/////wAHoSAAB6EgMABycOAAcnDgAA9CQAAPQkBAAAAAIgQAAAAAAAACAFMAAAABAAAAAGcAAAAAAv8AAAAAAAAAABkFAAAAQAAqQ4cAAIADAAAI" +
  "AA4gAIAAAAAGBv8AAABGB+IJDg4f5w4OGe0ODhvrDg4V7g4e6A4ODhHuDhrsDg4c/kHDvSHBw/ziwcM9ocHDfWNDnUHBw90Bw7zhwcHDXYHANzc3" +
  "Nw==";

const EXPECTED = { min: 270, max: 299 };

/** Whether this GDAL decodes CCSDS packing, as ECMWF open data has it. Its GRIB driver needs libaec for that. */
export function canReadCcsds(): boolean {
  using file = MemoryFile.of(Uint8Array.from(atob(MESSAGE), (char) => char.charCodeAt(0)), "grib2");
  try {
    using dataset = Dataset.open(file.path, { drivers: ["GRIB"], options: { USE_IDX: "NO" } });
    const values = dataset.band(1).read(new Float32Array(dataset.width * dataset.height));
    return Math.min(...values) === EXPECTED.min && Math.max(...values) === EXPECTED.max;
  } catch (error) {
    if (error instanceof GdalError) return false;
    throw error;
  }
}
