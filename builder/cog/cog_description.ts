import { cycleTime, type FrameId, isoSeconds, validTime } from "../../contract/identity.ts";
import { leadText } from "../../contract/lead.ts";
import { attributionOf, type ModelGeometry } from "../../contract/models.ts";
import type { Variable } from "../models/model.ts";

/** Metadata of a COG, for GDAL, QGIS, xarray and people who find the file on a disk. */
export interface CogDescription {
  /** Metadata items of the file. */
  readonly items: Readonly<Record<string, string>>;
  readonly band: {
    readonly description: string;
    readonly units: string;
    readonly items: Readonly<Record<string, string>>;
  };
}

/** Describes a frame for its COGs. Times are ISO 8601, so that files can be sorted by their metadata. */
export function cogDescription(
  frame: FrameId,
  variable: Variable,
  model: ModelGeometry,
  isSynthetic: boolean,
): CogDescription {
  const reference = isoSeconds(cycleTime(frame.run));
  const valid = isoSeconds(validTime(frame.run, frame.lead));
  const licence = attributionOf(model, isSynthetic);
  return {
    items: {
      MODEL: frame.model,
      RUN: frame.run,
      VARIABLE: frame.var,
      FORECAST_HOUR: leadText(frame.lead),
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
        // Step to which a shown value is rounded, in the variable's units.
        DISPLAY_ROUNDING: String(Number((10 ** -variable.precision).toFixed(variable.precision))),
      },
    },
  };
}
