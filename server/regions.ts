import { type Regions, regionsSchema } from "../contract/regions.ts";

/** View presets, in the order in which the page lists them; the first is the default. */
export const REGIONS: Regions = regionsSchema.parse({
  pnw: { label: "Pacific Northwest", bbox: [-126, 41.5, -116, 49.5], defaultCenter: [-120.8, 45.6], defaultZoom: 6 },
  conus: { label: "Contiguous US", bbox: [-126, 23.5, -66, 50.5], defaultCenter: [-97, 39], defaultZoom: 3.6 },
  california: {
    label: "California",
    bbox: [-125.5, 32, -113.5, 42.5],
    defaultCenter: [-119.6, 37.3],
    defaultZoom: 5.5,
  },
  southwest: { label: "Southwest", bbox: [-116, 30.5, -102, 42.5], defaultCenter: [-109.5, 36.5], defaultZoom: 5.3 },
  rockies: {
    label: "Northern Rockies",
    bbox: [-117.5, 40.5, -101.5, 49.5],
    defaultCenter: [-109.8, 45],
    defaultZoom: 5.4,
  },
  plains: { label: "Central Plains", bbox: [-105, 35.5, -90, 45], defaultCenter: [-97.8, 40.4], defaultZoom: 5.4 },
  texas: {
    label: "Southern Plains",
    bbox: [-107.5, 25.5, -92.5, 37.5],
    defaultCenter: [-99.8, 31.6],
    defaultZoom: 5.3,
  },
  midwest: { label: "Midwest", bbox: [-98, 36.5, -80, 49], defaultCenter: [-89, 42.9], defaultZoom: 5.1 },
  southeast: { label: "Southeast", bbox: [-92.5, 24, -75, 37.5], defaultCenter: [-84, 31.4], defaultZoom: 5.1 },
  northeast: { label: "Northeast", bbox: [-82, 37, -66.5, 47.5], defaultCenter: [-74.5, 42.4], defaultZoom: 5.3 },
});
