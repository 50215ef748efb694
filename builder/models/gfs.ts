import { hourlyLeads, leadOfHours } from "../../contract/lead.ts";
import type { ModelId } from "../../contract/identity.ts";
import { GLOBAL_025 } from "./grids.ts";
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
  PRECIPITATION_BY_TYPE,
  precipitationOf,
  PRMSL,
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

/** Global Forecast System, 0.25°. @see https://www.nco.ncep.noaa.gov/pmb/products/gfs/ */
export const gfs: Model = {
  id: "gfs" as ModelId,
  // Process 81 is the analysis, 96 the forecast.
  messages: { grid: GLOBAL_025, origin: { centre: 7, subCentre: 0, processes: [81, 96] } },
  reachedShare: 1,
  feed: "verified",
  cycles: [{
    utcHours: [0, 6, 12, 18],
    leads: [...hourlyLeads(0, 120), ...hourlyLeads(123, 384, 3)],
    firstFileMinutes: 215,
    lastFileMinutes: 325,
  }],
  layouts: [
    {
      product: "pgrb2",
      validFrom: "2019-06-12",
      validTo: "2021-03-22",
      template: "gfs.{YYYYMMDD}/{HH}/gfs.t{HH}z.pgrb2.0p25.f{FFF}",
      index: "ncep",
    },
    {
      product: "pgrb2",
      validFrom: "2021-03-22",
      validTo: null,
      template: "gfs.{YYYYMMDD}/{HH}/atmos/gfs.t{HH}z.pgrb2.0p25.f{FFF}",
      index: "ncep",
    },
  ],
  sources: [
    { id: "aws", baseUrl: "https://noaa-gfs-bdp-pds.s3.amazonaws.com/", validFrom: "2021-01-01" },
    { id: "google", baseUrl: "https://storage.googleapis.com/global-forecast-system/", validFrom: "2021-01-01" },
    { id: "azure", baseUrl: "https://noaagfs.blob.core.windows.net/gfs/" },
    { id: "nomads", baseUrl: "https://nomads.ncep.noaa.gov/pub/data/nccf/com/gfs/prod/", requestsPerMinute: 100 },
  ],
  variables: [
    { ...TMP2M, product: "pgrb2", derivation: { type: "simple", message: TEMPERATURE }, primary: true },
    { ...DP2M, product: "pgrb2", derivation: simple("DPT", "2 m above ground") },
    { ...RH2M, product: "pgrb2", derivation: simple("RH", "2 m above ground") },
    { ...WSPD10M, product: "pgrb2", derivation: { type: "wspd", ...WIND } },
    { ...WDIR10M, product: "pgrb2", derivation: { type: "wdir", ...WIND } },
    { ...GUST, product: "pgrb2", derivation: simple("GUST", "surface") },
    { ...REFC, product: "pgrb2", derivation: simple("REFC", "entire atmosphere") },
    {
      ...PRECIPITATION_BY_TYPE,
      product: "pgrb2",
      derivation: {
        type: "precip_ptype",
        rate: instant("PRATE", "surface"),
        masks: NCEP_MASKS,
        temperature: TEMPERATURE,
      },
    },
    {
      ...APCP,
      product: "pgrb2",
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
      ...precipitationOf(1),
      product: "pgrb2",
      derivation: {
        type: "accumulation",
        element: "APCP",
        level: "surface",
        windowMinutes: 60,
        resetEveryMinutes: "never",
      },
      firstLead: leadOfHours(1),
      lastLead: leadOfHours(120),
    },
    { ...SNOD, product: "pgrb2", derivation: simple("SNOD", "surface") },
    { ...CAPE, product: "pgrb2", derivation: simple("CAPE", "surface") },
    { ...PRMSL, product: "pgrb2", derivation: simple("PRMSL", "mean sea level") },
    { ...TCDC, product: "pgrb2", derivation: simple("TCDC", "entire atmosphere") },
    { ...VIS, product: "pgrb2", derivation: simple("VIS", "surface") },
    { ...HGT500, product: "pgrb2", derivation: simple("HGT", "500 mb") },
    { ...TMP500, product: "pgrb2", derivation: simple("TMP", "500 mb"), contours: heightLinesFrom("pgrb2") },
    { ...VORT500, product: "pgrb2", derivation: simple("ABSV", "500 mb"), contours: heightLinesFrom("pgrb2") },
  ],
};
