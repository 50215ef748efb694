import { hourlyLeads, leadOfHours } from "../../contract/lead.ts";
import type { ModelId } from "../../contract/identity.ts";
import { CONUS_3KM_REACH, NCEP_CONUS_3KM } from "./grids.ts";
import { instant } from "../grib/message_selector.ts";
import { type Model } from "./model.ts";
import {
  APCP,
  ASNOW,
  CAPE,
  DP2M,
  GUST,
  heightLinesFrom,
  HGT500,
  NCEP_MASKS,
  PRECIPITATION_BY_TYPE,
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

/** High-Resolution Rapid Refresh, CONUS 3 km. @see https://www.nco.ncep.noaa.gov/pmb/products/hrrr/ */
export const hrrr: Model = {
  id: "hrrr" as ModelId,
  messages: { grid: NCEP_CONUS_3KM, origin: { centre: 7, subCentre: 0, processes: [83] } },
  reachedShare: CONUS_3KM_REACH,
  feed: "verified",
  cycles: [
    { utcHours: [0, 6, 12, 18], leads: hourlyLeads(0, 48), firstFileMinutes: 50, lastFileMinutes: 120 },
    {
      utcHours: [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23],
      leads: hourlyLeads(0, 18),
      firstFileMinutes: 50,
      lastFileMinutes: 86,
    },
  ],
  layouts: [
    {
      product: "sfc",
      validFrom: "2014-07-30",
      validTo: null,
      template: "hrrr.{YYYYMMDD}/conus/hrrr.t{HH}z.wrfsfcf{FF}.grib2",
      index: "ncep",
    },
    {
      product: "prs",
      validFrom: "2014-07-30",
      validTo: null,
      template: "hrrr.{YYYYMMDD}/conus/hrrr.t{HH}z.wrfprsf{FF}.grib2",
      index: "ncep",
    },
  ],
  sources: [
    { id: "aws", baseUrl: "https://noaa-hrrr-bdp-pds.s3.amazonaws.com/" },
    { id: "google", baseUrl: "https://storage.googleapis.com/high-resolution-rapid-refresh/" },
    { id: "azure", baseUrl: "https://noaahrrr.blob.core.windows.net/hrrr/", validFrom: "2021-03-21" },
    {
      id: "nomads",
      baseUrl: "https://nomads.ncep.noaa.gov/pub/data/nccf/com/hrrr/prod/",
      requestsPerMinute: 100,
    },
  ],
  variables: [
    { ...TMP2M, product: "sfc", derivation: { type: "simple", message: TEMPERATURE }, primary: true },
    { ...DP2M, product: "sfc", derivation: simple("DPT", "2 m above ground") },
    { ...RH2M, product: "sfc", derivation: simple("RH", "2 m above ground") },
    { ...WSPD10M, product: "sfc", derivation: { type: "wspd", ...WIND } },
    { ...WDIR10M, product: "sfc", derivation: { type: "wdir", ...WIND } },
    { ...GUST, product: "sfc", derivation: simple("GUST", "surface") },
    { ...REFC, product: "sfc", derivation: simple("REFC", "entire atmosphere") },
    {
      ...RADAR_BY_TYPE,
      product: "sfc",
      derivation: {
        type: "radar_ptype",
        reflectivity: instant("REFC", "entire atmosphere"),
        masks: NCEP_MASKS,
        rate: instant("PRATE", "surface"),
        temperature: TEMPERATURE,
      },
    },
    {
      ...PRECIPITATION_BY_TYPE,
      product: "sfc",
      derivation: {
        type: "precip_ptype",
        rate: instant("PRATE", "surface"),
        masks: NCEP_MASKS,
        temperature: TEMPERATURE,
      },
    },
    {
      ...APCP,
      product: "sfc",
      derivation: {
        type: "accumulation",
        element: "APCP",
        level: "surface",
        windowMinutes: "run",
        resetEveryMinutes: "never",
      },
      firstLead: leadOfHours(1),
    },
    {
      // The files have this window as a separate message.
      ...precipitationOf(1),
      product: "sfc",
      derivation: {
        type: "simple",
        message: { element: "APCP", level: "surface", statistic: "accumulation", windowMinutes: 60 },
      },
      firstLead: leadOfHours(1),
    },
    {
      ...ASNOW,
      product: "sfc",
      derivation: {
        type: "accumulation",
        element: "ASNOW",
        level: "surface",
        windowMinutes: "run",
        resetEveryMinutes: "never",
      },
      firstLead: leadOfHours(1),
    },
    { ...SNOD, product: "sfc", derivation: simple("SNOD", "surface") },
    { ...CAPE, product: "sfc", derivation: simple("CAPE", "surface") },
    { ...PRMSL, product: "sfc", derivation: simple("MSLMA", "mean sea level") },
    { ...TCDC, product: "sfc", derivation: simple("TCDC", "entire atmosphere") },
    { ...VIS, product: "sfc", derivation: simple("VIS", "surface") },
    { ...HGT500, product: "sfc", derivation: simple("HGT", "500 mb") },
    { ...TMP500, product: "sfc", derivation: simple("TMP", "500 mb"), contours: heightLinesFrom("sfc") },
    { ...VORT500, product: "prs", derivation: simple("ABSV", "500 mb"), contours: heightLinesFrom("sfc") },
  ],
};
