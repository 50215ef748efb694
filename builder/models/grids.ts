import type { LambertGrid, LatLonGrid } from "../grib/grid_definition.ts";

/** The grids of messages, as in their section 3. The grid of a message is compared with these, member by member. */

/** The grid of HRRR, RRFS and the NAM nest: 3 km, rows from the south, winds along the grid's axes. */
export const NCEP_CONUS_3KM: LambertGrid = {
  kind: "Lambert conformal",
  width: 1799,
  height: 1059,
  earth: "+R=6371229",
  scanningMode: 0x40,
  componentFlags: 0x08,
  firstLatDeg: 21.138123,
  firstLonDeg: 237.280472,
  trueLatDeg: 38.5,
  centralLonDeg: 262.5,
  stepXM: 3000,
  stepYM: 3000,
  projectionCentre: 0,
  parallel1Deg: 38.5,
  parallel2Deg: 38.5,
};

/** Share of the CONUS display grid that the 3 km grid reaches. */
export const CONUS_3KM_REACH = 0.74;

/** The grid of GFS and ECMWF: a quarter of a degree, rows from the north. GFS begins its rows at 0°, ECMWF at 180°. */
export const GLOBAL_025: LatLonGrid = {
  kind: "latitude/longitude",
  width: 1440,
  height: 721,
  earth: "+R=6371229",
  scanningMode: 0x00,
  componentFlags: 0x30,
  firstLatDeg: 90,
  firstLonDeg: 0,
  lastLatDeg: -90,
  lastLonDeg: 359.75,
  stepLonDeg: 0.25,
  stepLatDeg: 0.25,
};
