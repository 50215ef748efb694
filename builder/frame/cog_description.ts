import { cycleTime, type FrameId, isoSeconds, validTime } from "../../contract/identity.ts";
import { attributionOf, type ModelGeometry } from "../../contract/models.ts";
import type { Variable } from "../models/model.ts";

/** What a COG says of itself, for GDAL, QGIS, xarray and people who find one on a disk. */
export interface CogDescription {
  /** Metadata items of the file. */
  readonly items: Readonly<Record<string, string>>;
  readonly band: {
    readonly description: string;
    readonly units: string;
    readonly items: Readonly<Record<string, string>>;
  };
}

/** Times are ISO 8601, so that hours can be put in order by what their files say. */
export function cogDescription(
  frame: FrameId,
  variable: Variable,
  model: ModelGeometry,
  isSynthetic: boolean,
): CogDescription {
  const reference = isoSeconds(cycleTime(frame.run));
  const valid = isoSeconds(validTime(frame.run, frame.fh));
  const licence = attributionOf(model, isSynthetic);
  return {
    items: {
      MODEL: frame.model,
      RUN: frame.run,
      VARIABLE: frame.var,
      FORECAST_HOUR: String(frame.fh),
      REFERENCE_TIME: reference,
      VALID_TIME: valid,
      LICENCE: licence,
      TIFFTAG_IMAGEDESCRIPTION: `${model.name} ${variable.name}, run of ${reference}, valid ${valid}`,
      TIFFTAG_COPYRIGHT: licence,
    },
    band: {
      description: variable.name,
      units: variable.units,
      items: {
        long_name: variable.name,
        VALID_TIME: valid,
        REFERENCE_TIME: reference,
        // What a value is shown rounded to, in its units.
        DISPLAY_ROUNDING: String(Number((10 ** -variable.precision).toFixed(variable.precision))),
      },
    },
  };
}
