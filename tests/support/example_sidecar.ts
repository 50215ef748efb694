import { sidecarSchema } from "../../contract/sidecar.ts";

/** A sidecar with synthetic figures, for tests of code that reads sidecars. */
export const EXAMPLE_SIDECAR = sidecarSchema.parse({
  contract_version: "3.0",
  model: "hrrr",
  run: "20260217_06z",
  var: "tmp2m",
  frame: "3",
  fh: 3,
  valid_time: "2026-02-17T09:00:00Z",
  name: "2 m temperature",
  group: "Temperature",
  units: "°F",
  kind: "continuous",
  precision: 1,
  min: -40,
  max: 122.5,
  legend: { type: "gradient", stops: [[-40, "#7f00ff"], [122.5, "#0000ff"]] },
  quality: "full",
  stats: { min: 11.2, max: 84.9, mean: 47, valid_fraction: 0.74 },
  source: {
    provider: "aws",
    url: "https://example.org/hrrr.t06z.wrfsfcf03.grib2",
    grib_messages: ["TMP:2 m above ground:3 hour fcst"],
    bytes: 1234567,
    reference_time: "2026-02-17T06:00:00Z",
  },
  artifacts: {
    rgba: { file: "fh003.rgba.cog.tif", bytes: 1, sha256: "0".repeat(64) },
    values: { file: "fh003.val.cog.tif", bytes: 1, sha256: "f".repeat(64) },
  },
  built_at: "2026-02-17T07:00:00Z",
  builder_version: "0.1.0",
  gdal_version: "3.6.2",
});
