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
  PRECIPITATION_BY_TYPE,
  precipitationOf,
  PRMSL,
  RH2M,
  simple,
  SNOD,
  TCDC,
  TMP2M,
  TMP500,
  VORT500,
  WDIR10M,
  WSPD10M,
} from "./variables.ts";

const TEMPERATURE = instant("TMP", "2 m above ground");
const DEW_POINT = instant("DPT", "2 m above ground");
const WIND = { u: instant("UGRD", "10 m above ground"), v: instant("VGRD", "10 m above ground") };

/**
 * ECMWF's Integrated Forecasting System, open data at 0.25°. A run appears all at once.
 * @see https://confluence.ecmwf.int/display/DAC/ECMWF+open+data%3A+real-time+forecasts+from+IFS+and+AIFS
 */
export const ecmwf: Model = {
  id: "ecmwf" as ModelId,
  // The process number counts IFS cycles (158 in 2025); AIFS, whose messages are otherwise alike, began at 1.
  messages: { grid: GLOBAL_025, origin: { centre: 98, subCentre: 0, processes: [{ from: 100, to: 254 }] } },
  reachedShare: 1,
  feed: "verified",
  cycles: [
    {
      utcHours: [0, 12],
      leads: [...hourlyLeads(0, 144, 3), ...hourlyLeads(150, 360, 6)],
      firstFileMinutes: 454,
      lastFileMinutes: 454,
    },
    { utcHours: [6, 18], leads: hourlyLeads(0, 144, 3), firstFileMinutes: 387, lastFileMinutes: 387 },
  ],
  layouts: [
    {
      // Until IFS cycle 50r1 the 06Z and 18Z runs were in a separate stream.
      product: "oper",
      validFrom: "2024-02-29",
      validTo: "2026-05-12",
      utcHours: [6, 18],
      template: "{YYYYMMDD}/{HH}z/ifs/0p25/scda/{YYYYMMDD}{HH}0000-{F}h-scda-fc.grib2",
      index: "ecmwf",
    },
    {
      product: "oper",
      validFrom: "2024-02-29",
      validTo: null,
      template: "{YYYYMMDD}/{HH}z/ifs/0p25/oper/{YYYYMMDD}{HH}0000-{F}h-oper-fc.grib2",
      index: "ecmwf",
    },
  ],
  sources: [
    { id: "aws", baseUrl: "https://ecmwf-forecasts.s3.eu-central-1.amazonaws.com/" },
    { id: "google", baseUrl: "https://storage.googleapis.com/ecmwf-open-data/" },
    { id: "ecmwf", baseUrl: "https://data.ecmwf.int/forecasts/", requestsPerMinute: 100 },
  ],
  variables: [
    { ...TMP2M, product: "oper", derivation: { type: "simple", message: TEMPERATURE }, primary: true },
    { ...DP2M, product: "oper", derivation: { type: "simple", message: DEW_POINT } },
    {
      ...RH2M,
      product: "oper",
      derivation: { type: "relative_humidity", temperature: TEMPERATURE, dewPoint: DEW_POINT },
    },
    { ...WSPD10M, product: "oper", derivation: { type: "wspd", ...WIND } },
    { ...WDIR10M, product: "oper", derivation: { type: "wdir", ...WIND } },
    {
      ...GUST,
      name: "Wind gust, highest of the hours before",
      product: "oper",
      derivation: {
        type: "simple",
        message: { element: "GUST", level: "10 m above ground", statistic: "maximum", windowMinutes: "any" },
      },
      firstLead: leadOfHours(3),
    },
    {
      ...PRECIPITATION_BY_TYPE,
      product: "oper",
      derivation: {
        type: "coded_precip_ptype",
        rate: instant("PRATE", "surface"),
        code: instant("PTYPE", "surface"),
        temperature: TEMPERATURE,
      },
    },
    {
      ...APCP,
      product: "oper",
      derivation: {
        type: "accumulation",
        element: "APCP",
        level: "surface",
        windowMinutes: "run",
        resetEveryMinutes: "never",
      },
      firstLead: leadOfHours(3),
    },
    {
      ...precipitationOf(3),
      product: "oper",
      derivation: {
        type: "accumulation",
        element: "APCP",
        level: "surface",
        windowMinutes: 180,
        resetEveryMinutes: "never",
      },
      firstLead: leadOfHours(3),
      lastLead: leadOfHours(144),
    },
    {
      ...SNOD,
      product: "oper",
      derivation: {
        type: "snow_depth",
        waterEquivalent: instant("WEASD", "surface"),
        density: instant("SDEN", "surface"),
      },
    },
    { ...CAPE, product: "oper", derivation: simple("CAPE", "most unstable parcel"), name: "Most unstable CAPE" },
    { ...PRMSL, product: "oper", derivation: simple("PRMSL", "mean sea level") },
    { ...TCDC, product: "oper", derivation: simple("TCDC", "entire atmosphere") },
    { ...HGT500, product: "oper", derivation: simple("HGT", "500 mb") },
    { ...TMP500, product: "oper", derivation: simple("TMP", "500 mb"), contours: heightLinesFrom("oper") },
    {
      ...VORT500,
      product: "oper",
      derivation: { type: "absolute_vorticity", relative: instant("RELV", "500 mb") },
      contours: heightLinesFrom("oper"),
    },
  ],
};
