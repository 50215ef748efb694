import type { VarId } from "../../contract/identity.ts";
import {
  CAPE_J_KG,
  HEIGHT_500_DAM,
  PRESSURE_HPA,
  TEMPERATURE_500_C,
  VISIBILITY_MI,
  VORTICITY_1E5,
  WIND_DIRECTION,
} from "../style/chart_palettes.ts";
import {
  NWS_CLOUD_COVER,
  NWS_DEW_POINT_F,
  NWS_PRECIPITATION_IN,
  NWS_REFLECTIVITY,
  NWS_RELATIVE_HUMIDITY,
  NWS_SNOW_IN,
  NWS_TEMPERATURE_F,
  NWS_WIND_MPH,
} from "../style/nws_palettes.ts";
import { PRECIP_PTYPE, RADAR_PTYPE } from "../style/ptype_palettes.ts";
import { instant } from "../grib/message_selector.ts";
import type { GribElement, GribLevel } from "../grib/parameters.ts";
import type { ContourSpec, VariableDefinition } from "./model.ts";
import type { Derivation, PrecipitationMasks } from "../derive/derivation.ts";

/**
 * Names and styles of the variables that several models have: the same in all of them, so that models can be compared.
 * A variable of a single model is defined in that model's table.
 *
 * `maxSpike` is at least three times the largest difference of one cell from its neighbours in real messages of HRRR,
 * GFS, ECMWF and ARPEGE (docs/RELIABILITY.md).
 */

const defineVariable = (id: string, rest: Omit<VariableDefinition, "id">): VariableDefinition => ({
  id: id as VarId,
  ...rest,
});

export const TMP2M = defineVariable("tmp2m", {
  name: "2 m temperature",
  group: "Temperature",
  units: "°F",
  kind: "continuous",
  precision: 0,
  palette: NWS_TEMPERATURE_F,
  contours: [
    { key: "iso32f", levels: [32], units: "°F" },
    { key: "every10f", levels: { every: 10 }, units: "°F" },
  ],
  maxSpike: 60,
});

export const DP2M = defineVariable("dp2m", {
  name: "2 m dew point",
  group: "Temperature",
  units: "°F",
  kind: "continuous",
  precision: 0,
  palette: NWS_DEW_POINT_F,
  physicalRange: [-100, 100],
  maxSpike: 80,
});

export const RH2M = defineVariable("rh2m", {
  name: "2 m relative humidity",
  group: "Temperature",
  units: "%",
  kind: "continuous",
  precision: 0,
  palette: NWS_RELATIVE_HUMIDITY,
  physicalRange: [0, 130],
});

export const WSPD10M = defineVariable("wspd10m", {
  name: "10 m wind speed",
  group: "Wind",
  units: "mph",
  kind: "continuous",
  precision: 0,
  palette: NWS_WIND_MPH,
  physicalRange: [0, 250],
  maxSpike: 60,
});

/**
 * Wind direction is discrete, because degrees have no mean: each cell keeps the direction at its centre, as a wind barb
 * needs it.
 */
export const WDIR10M = defineVariable("wdir10m", {
  name: "10 m wind direction",
  group: "Wind",
  units: "°",
  kind: "discrete",
  precision: 0,
  palette: WIND_DIRECTION,
  physicalRange: [0, 360],
});

export const GUST = defineVariable("gust", {
  name: "Wind gust",
  group: "Wind",
  units: "mph",
  kind: "continuous",
  precision: 0,
  palette: NWS_WIND_MPH,
  physicalRange: [0, 300],
  maxSpike: 100,
});

export const REFC = defineVariable("refc", {
  name: "Composite reflectivity",
  group: "Precipitation",
  units: "dBZ",
  kind: "continuous",
  precision: 0,
  palette: NWS_REFLECTIVITY,
  sparse: true,
  physicalRange: [-35, 90],
});

export const RADAR_BY_TYPE = defineVariable("radar_ptype", {
  name: "Radar by precipitation type",
  group: "Precipitation",
  units: "code",
  kind: "discrete",
  precision: 0,
  palette: RADAR_PTYPE,
  sparse: true,
  physicalRange: [0, 700],
});

export const PRECIPITATION_BY_TYPE = defineVariable("precip_ptype", {
  name: "Precipitation rate by type",
  group: "Precipitation",
  units: "code",
  kind: "discrete",
  precision: 0,
  palette: PRECIP_PTYPE,
  sparse: true,
  physicalRange: [0, 700],
});

export const APCP = defineVariable("apcp", {
  name: "Precipitation since the start of the run",
  group: "Precipitation",
  units: "in",
  kind: "continuous",
  precision: 2,
  palette: NWS_PRECIPITATION_IN,
  sparse: true,
  physicalRange: [0, 80],
  maxSpike: 8,
});

/** Returns the definition of precipitation in the last `hours` hours. */
export function precipitationOf(hours: number): VariableDefinition {
  return {
    ...APCP,
    id: `apcp${hours}h` as VarId,
    name: hours === 1 ? "Precipitation in the last hour" : `Precipitation in the last ${hours} hours`,
    physicalRange: [0, 20],
    maxSpike: 4,
  };
}

export const ASNOW = defineVariable("asnow", {
  name: "Snowfall since the start of the run",
  group: "Precipitation",
  units: "in",
  kind: "continuous",
  precision: 1,
  palette: NWS_SNOW_IN,
  sparse: true,
  physicalRange: [0, 200],
  maxSpike: 40,
});

/** Snow depth has a wide range: in some models, mountain glaciers are hundreds of feet of snow. */
export const SNOD = defineVariable("snod", {
  name: "Snow depth",
  group: "Precipitation",
  units: "in",
  kind: "continuous",
  precision: 1,
  palette: NWS_SNOW_IN,
  sparse: true,
  physicalRange: [0, 8000],
});

export const CAPE = defineVariable("cape", {
  name: "Convective energy (CAPE)",
  group: "Severe weather",
  units: "J/kg",
  kind: "continuous",
  precision: 0,
  palette: CAPE_J_KG,
  sparse: true,
  physicalRange: [-1, 12_000],
  maxSpike: 5000,
});

export const PRMSL = defineVariable("prmsl", {
  name: "Mean sea level pressure",
  group: "Pressure",
  units: "hPa",
  kind: "continuous",
  precision: 1,
  palette: PRESSURE_HPA,
  physicalRange: [860, 1090],
  contours: [{ key: "every4hpa", levels: { every: 4 }, units: "hPa" }],
  maxSpike: 40,
});

export const TCDC = defineVariable("tcdc", {
  name: "Cloud cover",
  group: "Sky",
  units: "%",
  kind: "continuous",
  precision: 0,
  palette: NWS_CLOUD_COVER,
  physicalRange: [0, 100],
});

export const VIS = defineVariable("vis", {
  name: "Visibility",
  group: "Sky",
  units: "mi",
  kind: "continuous",
  precision: 1,
  palette: VISIBILITY_MI,
  physicalRange: [0, 150],
});

/** Range from the deepest cyclones to the strongest ridges, with a margin. */
const HEIGHT_500_RANGE_DAM: readonly [number, number] = [440, 620];

const HEIGHT_LINES: ContourSpec = { key: "every60m", levels: { every: 6 }, units: "dam" };

export const HGT500 = defineVariable("hgt500", {
  name: "500 mb height",
  group: "Upper air",
  units: "dam",
  kind: "continuous",
  precision: 0,
  palette: HEIGHT_500_DAM,
  physicalRange: HEIGHT_500_RANGE_DAM,
  contours: [HEIGHT_LINES],
  maxSpike: 20,
});

export const TMP500 = defineVariable("tmp500", {
  name: "500 mb temperature",
  group: "Upper air",
  units: "°C",
  kind: "continuous",
  precision: 1,
  palette: TEMPERATURE_500_C,
  physicalRange: [-80, 20],
  maxSpike: 20,
});

/**
 * Absolute vorticity has a wide range: storms of a 3 km model spin a hundred times faster than the waves that this map
 * is for.
 */
export const VORT500 = defineVariable("vort500", {
  name: "500 mb absolute vorticity",
  group: "Upper air",
  units: "10⁻⁵ s⁻¹",
  kind: "continuous",
  precision: 0,
  palette: VORTICITY_1E5,
  sparse: true,
  physicalRange: [-2000, 2000],
});

/** Contours of 500 mb height on the map of another field. */
export function heightLinesFrom(product: string): readonly ContourSpec[] {
  const physicalRange = HEIGHT_500_RANGE_DAM;
  const message = { ...instant("HGT", "500 mb"), product };
  return [{ ...HEIGHT_LINES, of: { derivation: { type: "simple", message }, physicalRange } }];
}

/** Returns the derivation that takes the field of one message at the valid time. */
export function simple(element: GribElement, level: GribLevel): Derivation {
  return { type: "simple", message: instant(element, level) };
}

/** The four yes-or-no fields of precipitation type in NCEP's models. */
export const NCEP_MASKS: PrecipitationMasks = {
  "rain": instant("CRAIN", "surface"),
  "snow": instant("CSNOW", "surface"),
  "ice pellets": instant("CICEP", "surface"),
  "freezing rain": instant("CFRZR", "surface"),
};
