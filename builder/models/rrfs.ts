import { hourlyLeads, leadOfHours } from "../../contract/lead.ts";
import type { ModelId } from "../../contract/identity.ts";
import { CONUS_3KM_REACH, NCEP_CONUS_3KM } from "./grids.ts";
import { hrrr } from "./hrrr.ts";
import { type Model, type Variable } from "./model.ts";
import { heightLinesFrom, precipitationOf, PRMSL, simple, VORT500 } from "./variables.ts";

/** RRFS's products: surface fields are in one file, pressure levels in another. */
const SURFACE = "2dfld";
const PRESSURE = "prslev";

const OWN: readonly Variable[] = [
  {
    // The windows in its files are not known: the difference of two run totals gives any window.
    ...precipitationOf(1),
    product: SURFACE,
    derivation: {
      type: "accumulation",
      element: "APCP",
      level: "surface",
      windowMinutes: 60,
      resetEveryMinutes: "never",
    },
    firstLead: leadOfHours(1),
  },
  { ...PRMSL, product: SURFACE, derivation: simple("MSLET", "mean sea level") },
  { ...VORT500, product: PRESSURE, derivation: simple("ABSV", "500 mb"), contours: heightLinesFrom(PRESSURE) },
];

/** Returns HRRR's entry with RRFS's products, or RRFS's own entry. */
function variableLike(variable: Variable): Variable {
  const own = OWN.find(({ id }) => id === variable.id);
  if (own) return own;
  const isUpperAir = variable.group === VORT500.group;
  return {
    ...variable,
    product: isUpperAir ? PRESSURE : SURFACE,
    ...(variable.contours
      ? { contours: variable.contours.map((spec) => spec.of ? heightLinesFrom(PRESSURE)[0]! : spec) }
      : {}),
  };
}

/**
 * Rapid Refresh Forecast System, CONUS 3 km: HRRR's grid and message set. Sixteen of its cycles have 15-minute files
 * only, which are not read here.
 * @see https://registry.opendata.aws/noaa-rrfs-ops/
 */
export const rrfs: Model = {
  id: "rrfs" as ModelId,
  // RRFS's number in NCEP's table is not known here; this range contains neither HRRR's 83 nor NAM's 84.
  messages: { grid: NCEP_CONUS_3KM, origin: { centre: 7, subCentre: 0, processes: [{ from: 130, to: 141 }] } },
  reachedShare: CONUS_3KM_REACH,
  feed: "unverified",
  cycles: [
    { utcHours: [0, 6, 12, 18], leads: hourlyLeads(0, 84), firstFileMinutes: 110, lastFileMinutes: 225 },
    { utcHours: [3, 9, 15, 21], leads: hourlyLeads(0, 18), firstFileMinutes: 73, lastFileMinutes: 108 },
    {
      utcHours: [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23],
      leads: [],
      firstFileMinutes: 73,
      lastFileMinutes: 108,
    },
  ],
  layouts: [
    {
      product: SURFACE,
      validFrom: "2026-08-12",
      validTo: null,
      template: "rrfs.{YYYYMMDD}/{HH}/rrfs.t{HH}z.2dfld.3km.f{FFF}.conus.grib2",
      index: "ncep",
    },
    {
      product: PRESSURE,
      validFrom: "2026-08-12",
      validTo: null,
      template: "rrfs.{YYYYMMDD}/{HH}/rrfs.t{HH}z.prslev.3km.f{FFF}.conus.grib2",
      index: "ncep",
    },
  ],
  sources: [
    { id: "aws", baseUrl: "https://noaa-rrfs-ops-pds.s3.amazonaws.com/" },
    { id: "nomads", baseUrl: "https://nomads.ncep.noaa.gov/pub/data/nccf/com/rrfs/prod/", requestsPerMinute: 100 },
  ],
  variables: hrrr.variables.map(variableLike),
};
