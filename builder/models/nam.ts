import { hourlyLeads, leadOfHours } from "../../contract/lead.ts";
import type { ModelId } from "../../contract/identity.ts";
import { CONUS_3KM_REACH, NCEP_CONUS_3KM } from "./grids.ts";
import { instant } from "../grib/message_selector.ts";
import { type Model } from "./model.ts";
import {
  APCP,
  CAPE,
  DP2M,
  GUST,
  heightLinesFrom,
  HGT500,
  NCEP_MASKS,
  precipitationOf,
  PRMSL,
  RADAR_BY_TYPE,
  REFC,
  RH2M,
  simple,
  SNOD,
  TCDC,
  TMP2M,
  TMP500,
  VIS,
  VORT500,
  WDIR10M,
  WSPD10M,
} from "./variables.ts";

const TEMPERATURE = instant("TMP", "2 m above ground");
const WIND = { u: instant("UGRD", "10 m above ground"), v: instant("VGRD", "10 m above ground") };
/** Precipitation in NAM's files starts again from zero every three hours. */
const BUCKETS = { type: "accumulation", element: "APCP", level: "surface", resetEveryMinutes: 180 } as const;

/**
 * North American Mesoscale, CONUS nest 3 km. Retired upstream in October 2026: kept for the archive, and for tests of
 * features that only NAM has (wind components in one message, precipitation in buckets).
 */
export const nam: Model = {
  id: "nam" as ModelId,
  messages: { grid: NCEP_CONUS_3KM, origin: { centre: 7, subCentre: 0, processes: [84] } },
  reachedShare: CONUS_3KM_REACH,
  feed: "unverified",
  cycles: [{ utcHours: [0, 6, 12, 18], leads: hourlyLeads(0, 60), firstFileMinutes: 100, lastFileMinutes: 180 }],
  layouts: [{
    product: "nest",
    validFrom: "2014-08-12",
    validTo: "2026-10-14",
    template: "nam.{YYYYMMDD}/nam.t{HH}z.conusnest.hiresf{FF}.tm00.grib2",
    index: "ncep",
  }],
  sources: [
    { id: "aws", baseUrl: "https://noaa-nam-pds.s3.amazonaws.com/" },
    { id: "nomads", baseUrl: "https://nomads.ncep.noaa.gov/pub/data/nccf/com/nam/prod/", requestsPerMinute: 100 },
  ],
  variables: [
    { ...TMP2M, product: "nest", derivation: { type: "simple", message: TEMPERATURE }, primary: true },
    { ...DP2M, product: "nest", derivation: simple("DPT", "2 m above ground") },
    { ...RH2M, product: "nest", derivation: simple("RH", "2 m above ground") },
    { ...WSPD10M, product: "nest", derivation: { type: "wspd", ...WIND } },
    { ...WDIR10M, product: "nest", derivation: { type: "wdir", ...WIND } },
    { ...GUST, product: "nest", derivation: simple("GUST", "surface") },
    { ...REFC, product: "nest", derivation: simple("REFC", "entire atmosphere") },
    {
      ...RADAR_BY_TYPE,
      product: "nest",
      derivation: {
        type: "radar_ptype",
        reflectivity: instant("REFC", "entire atmosphere"),
        masks: NCEP_MASKS,
        rate: instant("PRATE", "surface"),
        temperature: TEMPERATURE,
      },
    },
    { ...APCP, product: "nest", derivation: { ...BUCKETS, windowMinutes: "run" }, firstLead: leadOfHours(1) },
    {
      ...precipitationOf(1),
      product: "nest",
      derivation: { ...BUCKETS, windowMinutes: 60 },
      firstLead: leadOfHours(1),
    },
    { ...SNOD, product: "nest", derivation: simple("SNOD", "surface") },
    { ...CAPE, product: "nest", derivation: simple("CAPE", "surface") },
    { ...PRMSL, product: "nest", derivation: simple("PRMSL", "mean sea level") },
    { ...TCDC, product: "nest", derivation: simple("TCDC", "entire atmosphere") },
    { ...VIS, product: "nest", derivation: simple("VIS", "surface") },
    { ...HGT500, product: "nest", derivation: simple("HGT", "500 mb") },
    { ...TMP500, product: "nest", derivation: simple("TMP", "500 mb"), contours: heightLinesFrom("nest") },
    { ...VORT500, product: "nest", derivation: simple("ABSV", "500 mb"), contours: heightLinesFrom("nest") },
  ],
};
