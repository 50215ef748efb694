/**
 * A CCSDS-packed GRIB2 message (data representation template 5.42) of 8 × 8 synthetic temperatures from 270 to 299 K,
 * in base64. Made with GDAL's GRIB writer and then ecCodes: `grib_set -r -s packingType=grid_ccsds in.grib2 out.grib2`.
 */
const BASE64 =
  "R1JJQgAAAAIAAAAAAAAA/QAAABUBAP///wIAAAfqAQEAAAD//wAAAAUCAAAASAMAAAAAQAAAAAABAiX5uVT/////////////AAAACAAAAAgAAAAA" +
  "/////wAHoSAAB6EgMABycOAAcnDgAA9CQAAPQkBAAAAAIgQAAAAAAAACAFMAAAABAAAAAGcAAAAAAv8AAAAAAAAAABkFAAAAQAAqQ4cAAIADAAAI" +
  "AA4gAIAAAAAGBv8AAABGB+IJDg4f5w4OGe0ODhvrDg4V7g4e6A4ODhHuDhrsDg4c/kHDvSHBw/ziwcM9ocHDfWNDnUHBw90Bw7zhwcHDXYHANzc3" +
  "Nw==";

export const CCSDS_MESSAGE = Uint8Array.from(atob(BASE64), (char) => char.charCodeAt(0));
