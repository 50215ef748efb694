import type { RunId } from "../../contract/identity.ts";
import { hourlyLeads, leadOfHours } from "../../contract/lead.ts";
import { concatenate } from "../../builder/concatenate.ts";
import { fieldHeaders } from "../../builder/grib/field_header.ts";
import { fieldName } from "../../builder/grib/read_message.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import type { Model } from "../../builder/models/model.ts";
import { remoteFile } from "../../builder/sources/layout.ts";
import { builtFile } from "./built_frames.ts";
import { writeObject } from "./faulty_bucket.ts";
import { madeUpMessages } from "./made_up_messages.ts";
import { moved } from "./real_bucket.ts";
import { runId } from "./identity.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** HRRR with runs of three hours and two variables, which a test has time for. */
export const SHORT: Model = {
  ...hrrr,
  cycles: [{ utcHours: [0, 1, 2, 3, 4], leads: hourlyLeads(0, 2), firstFileMinutes: 50, lastFileMinutes: 60 }],
  variables: hrrr.variables.filter(({ id }) => id === "tmp2m" || id === "refc"),
};
export const RUN = runId("20260217_03z");

/** Reflectivity and 2 m temperature of a synthetic hour. */
const MESSAGES: readonly Bytes[] = await Promise.all(
  ["refc", "tmp2m"].map((variable) =>
    builtFile(`${variable}.grib2`, () => concatenate(madeUpMessages(RUN, leadOfHours(0), [variable])))
  ),
);

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
  const { path } = remoteFile(SHORT.layouts, "sfc", run, leadOfHours(hour));
  const cycle = run.slice(0, 8) + run.slice(9, 11);
  const parts = messages.map((bytes, place) => ({ bytes: change(bytes, place), what: `${wordsOf(bytes)}:` }));
  await writeObject(`${bucket}/${path}`, cycle, parts);
}
