import { cycleTime, type ForecastHour, isoSeconds, type RunId } from "../../contract/identity.ts";
import type { Field } from "../fields/field.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import { instant, type MessageSelector } from "../models/message_selector.ts";
import { parameterOf, surfacesOf } from "../grib/parameters.ts";
import { HRRR_GRID, type SyntheticWeather } from "./synthetic_weather.ts";

/** A GRIB2 file and its inventory. */
export interface SyntheticGrib {
  readonly grib: Uint8Array<ArrayBuffer>;
  readonly idx: string;
}

interface Message {
  readonly selector: MessageSelector;
  /** Decimals that survive the packing. */
  readonly decimals: number;
  readonly fieldOf: (weather: SyntheticWeather) => Field;
}

/** What a synthetic hour's file holds. */
const MESSAGES: readonly Message[] = [
  { selector: instant("REFC", "entire atmosphere"), decimals: 1, fieldOf: ({ reflectivityDbz }) => reflectivityDbz },
  { selector: instant("TMP", "2 m above ground"), decimals: 2, fieldOf: ({ temperatureK }) => temperatureK },
  { selector: instant("DPT", "2 m above ground"), decimals: 1, fieldOf: ({ dewPointK }) => dewPointK },
  { selector: instant("UGRD", "10 m above ground"), decimals: 1, fieldOf: ({ windUMs }) => windUMs },
  { selector: instant("VGRD", "10 m above ground"), decimals: 1, fieldOf: ({ windVMs }) => windVMs },
  { selector: instant("CRAIN", "surface"), decimals: 0, fieldOf: ({ rain }) => rain },
  { selector: instant("CFRZR", "surface"), decimals: 0, fieldOf: ({ freezingRain }) => freezingRain },
  { selector: instant("CICEP", "surface"), decimals: 0, fieldOf: ({ icePellets }) => icePellets },
  { selector: instant("CSNOW", "surface"), decimals: 0, fieldOf: ({ snow }) => snow },
];

/** The messages of a synthetic hour, by what they mean. */
export const SYNTHETIC_MESSAGES: readonly MessageSelector[] = MESSAGES.map(({ selector }) => selector);

/**
 * An hour of weather as NCEP would write it, but with no originating centre (code table C-11, 65535), which is how
 * everything that is made from it comes to be labelled synthetic.
 */
export function writeWeatherGrib(weather: SyntheticWeather, run: RunId, fh: ForecastHour): SyntheticGrib {
  const written = MESSAGES.map((message) => ({
    ...message,
    bytes: writeMessage(message, message.fieldOf(weather), run, fh),
  }));
  const grib = new Uint8Array(written.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const date = run.slice(0, 8) + run.slice(9, 11);
  const time = fh === 0 ? "anl" : `${fh} hour fcst`;
  let offset = 0;
  let idx = "";
  written.forEach(({ selector, bytes }, i) => {
    grib.set(bytes, offset);
    idx += `${i + 1}:${offset}:d=${date}:${selector.element}:${selector.level}:${time}:\n`;
    offset += bytes.length;
  });
  return { grib, idx };
}

function writeMessage(
  { selector, decimals }: Message,
  field: Field,
  run: RunId,
  fh: ForecastHour,
): Uint8Array<ArrayBuffer> {
  using reference = SpatialReference.parse(HRRR_GRID.projection);
  using raster = Dataset.inMemory({
    ...field,
    bandCount: 1,
    type: "Float32",
    geoTransform: HRRR_GRID.geoTransform,
    spatialReference: reference,
  });
  raster.band(1).write(field.values);
  const { discipline, category, number } = parameterOf(selector.element)[0]!;
  const surface = surfacesOf(selector.level)[0]!;
  using file = new MemoryFile("grib2");
  raster.copyTo(file.path, "GRIB", {
    DISCIPLINE: String(discipline),
    IDS_CENTER: "65535",
    IDS_SUBCENTER: "0",
    IDS_SIGNF_REF_TIME: "1", // start of forecast
    IDS_REF_TIME: isoSeconds(cycleTime(run)),
    IDS_PROD_STATUS: "2", // research product
    IDS_TYPE: "1", // forecast
    PDS_PDTN: "0", // a field at a point in time
    // Category, number, forecast (2), process 83, hours (1), forecast hour, first surface and none for the second.
    PDS_TEMPLATE_ASSEMBLED_VALUES: `${category} ${number} 2 0 83 0 0 1 ${fh} ${surface.type} 0 ${
      surface.value ?? 0
    } 255 0 0`,
    DATA_ENCODING: "COMPLEX_PACKING",
    SPATIAL_DIFFERENCING_ORDER: "1",
    DECIMAL_SCALE_FACTOR: String(decimals),
    INPUT_UNIT: "K", // of temperatures: GDAL takes °C otherwise
  });
  return file.read();
}
