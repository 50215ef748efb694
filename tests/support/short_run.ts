import type { RunId } from "../../contract/identity.ts";
import { hourlyLeads, leadOfHours } from "../../contract/lead.ts";
import { type GridToWrite, writeMessageOn } from "../../demo/write_message.ts";
import { fieldHeaders } from "../../builder/grib/field_header.ts";
import { instant } from "../../builder/grib/message_selector.ts";
import type { GribElement, GribLevel } from "../../builder/grib/parameters.ts";
import { fieldName } from "../../builder/grib/read_message.ts";
import { gfs } from "../../builder/models/gfs.ts";
import { GLOBAL_025 } from "../../builder/models/grids.ts";
import type { Model } from "../../builder/models/model.ts";
import { remoteFile } from "../../builder/sources/layout.ts";
import { writeObject } from "./faulty_bucket.ts";
import { moved } from "./real_bucket.ts";
import { runId } from "./identity.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * GFS with runs of three hours and two variables, for tests that build many frames: a frame of GFS has a quarter of the
 * pixels that one of HRRR has.
 */
export const SHORT: Model = {
  ...gfs,
  cycles: [{ utcHours: [0, 1, 2, 3, 4], leads: hourlyLeads(0, 2), firstFileMinutes: 50, lastFileMinutes: 60 }],
  variables: gfs.variables.filter(({ id }) => id === "tmp2m" || id === "refc"),
};
export const RUN = runId("20260217_03z");
/** A run of a cycle that GFS has, for commands. */
export const GFS_RUN = runId("20260217_06z");
/** The product of both variables. */
export const PRODUCT = "pgrb2";

const GRID: GridToWrite = {
  width: GLOBAL_025.width,
  height: GLOBAL_025.height,
  projection: `+proj=longlat ${GLOBAL_025.earth} +no_defs`,
  geoTransform: [-GLOBAL_025.stepLonDeg / 2, 0.25, 0, 90 + GLOBAL_025.stepLatDeg / 2, 0, -0.25],
};

/** Returns a value for each point of the grid. */
function everywhere(valueAt: (latRad: number, lonRad: number) => number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(GRID.width * GRID.height);
  for (let row = 0, i = 0; row < GRID.height; row++) {
    const latRad = (90 - row * GLOBAL_025.stepLatDeg) * Math.PI / 180;
    for (let column = 0; column < GRID.width; column++) {
      values[i++] = valueAt(latRad, column * GLOBAL_025.stepLonDeg * Math.PI / 180);
    }
  }
  return values;
}

function message(element: GribElement, level: GribLevel, values: Float32Array<ArrayBuffer>): Bytes {
  return fromNorth(
    writeMessageOn(GRID, { selector: instant(element, level), decimals: 1, values }, RUN, leadOfHours(0)),
  );
}

/** Offsets in section 3 of template 3.0: first and last latitude, flags of the components, scanning mode. */
const [FIRST_LAT, COMPONENT_FLAGS, LAST_LAT, SCANNING_MODE] = [46, 54, 55, 71] as const;

/**
 * Declares the rows of a message, which GDAL writes from the south, as written from the north, as those of GFS. North
 * and south of this weather change places.
 */
function fromNorth(message: Bytes): Bytes {
  const { grid } = fieldHeaders(message, "a message")[0]!.sections;
  const view = new DataView(message.buffer, grid);
  view.setInt32(FIRST_LAT, GLOBAL_025.firstLatDeg * 1e6);
  view.setUint32(LAST_LAT, 0x80000000 - GLOBAL_025.lastLatDeg * 1e6); // the sign is the first bit
  view.setUint8(COMPONENT_FLAGS, GLOBAL_025.componentFlags);
  view.setUint8(SCANNING_MODE, GLOBAL_025.scanningMode);
  return message;
}

/** Reflectivity and 2 m temperature of an hour: showers and waves of smooth shapes. */
const MESSAGES: readonly Bytes[] = [
  message(
    "REFC",
    "entire atmosphere",
    everywhere((lat, lon) => Math.max(-20, 75 * Math.sin(9 * lat) * Math.sin(12 * lon) - 15)),
  ),
  message(
    "TMP",
    "2 m above ground",
    everywhere((lat, lon) => 303 - 50 * Math.sin(lat) ** 2 + 4 * Math.sin(6 * lon + 8 * lat)),
  ),
];

function wordsOf(message: Bytes): string {
  return fieldName(fieldHeaders(message, "a message")[0]!);
}

/**
 * Puts an hour into a bucket: the same weather at another time, with its inventory.
 * @param change returns other bytes for a message, by its position
 */
export async function putHour(
  bucket: string,
  run: RunId,
  hour: number,
  change: (message: Bytes, place: number) => Bytes = (message) => message,
): Promise<void> {
  const messages = MESSAGES.map((message) => moved(message, run, hour));
  const { path } = remoteFile(SHORT.layouts, PRODUCT, run, leadOfHours(hour));
  const cycle = run.slice(0, 8) + run.slice(9, 11);
  const parts = messages.map((bytes, place) => ({ bytes: change(bytes, place), what: `${wordsOf(bytes)}:` }));
  await writeObject(`${bucket}/${path}`, cycle, parts);
}
