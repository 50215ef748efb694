import { dirname } from "node:path";
import { cycleTime, type RunId } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { concatenate } from "../../builder/concatenate.ts";
import { type FieldHeader, fieldHeaders } from "../../builder/grib/field_header.ts";
import { fieldName } from "../../builder/grib/read_message.ts";
import type { Model } from "../../builder/models/model.ts";
import { findModel } from "../../builder/models/registry.ts";
import { remoteFile } from "../../builder/sources/layout.ts";
import { requireSharedData } from "./shared_data.ts";
import { runId } from "./identity.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Folders laid out like the public buckets, over the available real messages. As a script with a folder's name, this
 * file makes them there, for `build-run --source file:…` and `check-model --source file:…`.
 */

/** Messages of one file of a model's bucket. */
interface BucketFile {
  readonly model: string;
  readonly product: string;
  readonly run: string;
  readonly hour: number;
  /** Real files whose messages the file contains; a message that is moved gets the file's run and hour. */
  readonly messages: readonly { readonly file: string; readonly isMoved?: boolean }[];
}

const HRRR_RUN = "20260129_17z";
/** RRFS and NAM have no real messages here; their grid and messages are HRRR's. */
const RRFS_RUN = "20260901_12z";
const NAM_RUN = "20260129_12z";

const hrrr = (hour: string, field: string) => ({ file: `hrrr/hrrr.20260129.t17z.${hour}.${field}.grib2` });
const SIX_HOURS = ["refc", "prate", "apcp", "csnow", "cicep", "cfrzr", "crain"].map((field) => hrrr("f006", field));
/** The 2 m temperature of hour 6, for which there is no real file: hour 1's, moved. */
const MOVED_TEMPERATURE = { ...hrrr("f001", "tmp2m"), isMoved: true };

export const REAL_FILES: readonly BucketFile[] = [
  { model: "hrrr", product: "sfc", run: HRRR_RUN, hour: 0, messages: [hrrr("f000", "tmp2m")] },
  {
    model: "hrrr",
    product: "sfc",
    run: HRRR_RUN,
    hour: 1,
    messages: [hrrr("f001", "refc"), hrrr("f001", "tmp2m"), hrrr("f001", "prate")],
  },
  { model: "hrrr", product: "sfc", run: HRRR_RUN, hour: 6, messages: [...SIX_HOURS, MOVED_TEMPERATURE] },
  {
    model: "gfs",
    product: "pgrb2",
    run: "20260129_12z",
    hour: 0,
    messages: [{ file: "gfs/gfs.20260129.t12z.f000.0p25.tmp2m-and-tmp2mb.grib2" }],
  },
  {
    model: "gfs",
    product: "pgrb2",
    run: "20260129_12z",
    hour: 6,
    messages: [
      { file: "gfs/gfs.20260129.t12z.f006.0p25.prmsl-850mb.grib2" },
      { file: "gfs/gfs.20260129.t12z.f006.0p25.tmp2m-and-tmp2mb.grib2" },
    ],
  },
  {
    model: "gfs",
    product: "pgrb2",
    run: "20200626_12z",
    hour: 0,
    messages: [{ file: "gfs/gfs.20200626.t12z.f000.0p25.uv10m.grib2" }],
  },
  {
    model: "gfs",
    product: "pgrb2",
    run: "20200626_12z",
    hour: 6,
    messages: [{ file: "gfs/gfs.20200626.t12z.f006.0p25.apcp-dup.grib2" }],
  },
  {
    model: "ecmwf",
    product: "oper",
    run: "20250115_18z",
    hour: 24,
    messages: [{ file: "ecmwf/ecmwf.20250115.t18z.f024.0p25.msl-2t.grib2" }],
  },
  {
    model: "ecmwf",
    product: "oper",
    run: "20260310_00z",
    hour: 0,
    messages: [{ file: "ecmwf/ecmwf.20260310.t00z.f000.0p25.ptype-tcc-sd-rsn-asn.grib2" }],
  },
  {
    model: "rrfs",
    product: "2dfld",
    run: RRFS_RUN,
    hour: 6,
    messages: [...SIX_HOURS.map((message) => ({ ...message, isMoved: true })), MOVED_TEMPERATURE],
  },
  {
    model: "nam",
    product: "nest",
    run: NAM_RUN,
    hour: 6,
    messages: [hrrr("f006", "refc"), MOVED_TEMPERATURE].map((message) => ({ ...message, isMoved: true })),
  },
];

/** Lays out all real files below a folder, a bucket for each model: `<folder>/<model>/…`. */
export async function layOutRealBuckets(folder: string): Promise<void> {
  for (const { model, product, run, hour, messages } of REAL_FILES) {
    const parts = messages.flatMap(({ file, isMoved }) => {
      const path = requireSharedData(file);
      const bytes = Deno.readFileSync(path);
      return fieldHeaders(bytes, path).map(({ span }) => {
        const message = bytes.slice(span.start, span.start + span.length);
        return isMoved ? processedBy(findModel(model), moved(message, runId(run), hour)) : message;
      });
    });
    const { path, indexPath, index } = remoteFile(findModel(model).layouts, product, runId(run), leadOfHours(hour));
    const object = `${folder}/${model}/${path}`;
    await Deno.mkdir(dirname(object), { recursive: true });
    await Deno.writeFile(object, concatenate(parts));
    const lines = index === "ncep" ? ncepLines(parts, runId(run)) : ecmwfLines(parts, runId(run), hour);
    await Deno.writeTextFile(`${folder}/${model}/${indexPath}`, lines.join(""));
  }
}

/** Lays out hours of the HRRR run with 2 m temperature and reflectivity, each made of the real messages of hour 1. */
export async function layOutHours(folder: string, hours: readonly number[], run = HRRR_RUN): Promise<void> {
  const messages = ["refc", "tmp2m"].map((field) => {
    const path = requireSharedData(hrrr("f001", field).file);
    return Deno.readFileSync(path);
  });
  for (const hour of hours) {
    const parts = messages.map((message) => moved(message, runId(run), hour));
    const { path } = remoteFile(findModel("hrrr").layouts, "sfc", runId(run), leadOfHours(hour));
    await writeNcepObject(`${folder}/${path}`, parts, runId(run));
  }
}

/** Writes messages as an object of NCEP's buckets, with its inventory. */
export async function writeNcepObject(path: string, messages: readonly Bytes[], run: RunId): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, concatenate(messages));
  await Deno.writeTextFile(`${path}.idx`, ncepLines(messages, run).join(""));
}

/** Returns the message with another reference time, and, for an instant, another forecast hour. */
export function moved(message: Bytes, run: RunId, hour: number): Bytes {
  const copy = message.slice();
  const view = new DataView(copy.buffer);
  const product = sectionAt(view, 4);
  const template = view.getUint16(product + 7);
  const { window } = fieldHeaders(message, "a message")[0]!;
  writeTime(view, sectionAt(view, 1) + 12, cycleTime(run));
  view.setUint8(product + 17, 1); // hours
  if (template === 0) view.setInt32(product + 18, hour);
  else {
    view.setInt32(product + 18, window!.startS / 3600);
    writeTime(view, product + 34, new Date(cycleTime(run).getTime() + window!.endS * 1000));
  }
  return copy;
}

/** Changes the message in place, as if this model had made it, and returns it. */
function processedBy({ messages: { origin: { processes: [process] } } }: Model, message: Bytes): Bytes {
  const view = new DataView(message.buffer);
  view.setUint8(sectionAt(view, 4) + 13, typeof process === "number" ? process : process!.from);
  return message;
}

/** Returns the message with another parameter number of its category. */
export function withNumber(message: Bytes, number: number): Bytes {
  const copy = message.slice();
  const view = new DataView(copy.buffer);
  view.setUint8(sectionAt(view, 4) + 10, number);
  return copy;
}

function sectionAt(view: DataView, wanted: number): number {
  let at = 16;
  while (view.getUint8(at + 4) !== wanted) at += view.getUint32(at);
  return at;
}

function writeTime(view: DataView, at: number, time: Date): void {
  view.setUint16(at, time.getUTCFullYear());
  [time.getUTCMonth() + 1, time.getUTCDate(), time.getUTCHours(), 0, 0].forEach((part, i) =>
    view.setUint8(at + 2 + i, part)
  );
}

function headerOf(message: Bytes): FieldHeader {
  return fieldHeaders(message, "a message")[0]!;
}

/** Returns the lines of an NCEP inventory; a test compares their text with real ones. */
function ncepLines(messages: readonly Bytes[], run: RunId): string[] {
  let offset = 0;
  return messages.map((message, i) => {
    const line = `${i + 1}:${offset}:d=${run.slice(0, 8)}${run.slice(9, 11)}:${fieldName(headerOf(message))}:\n`;
    offset += message.length;
    return line;
  });
}

/** ECMWF's parameter of each element in the real files. */
const ECMWF_PARAMETERS: Readonly<Record<string, string>> = {
  TMP: "2t",
  PRMSL: "msl",
  PTYPE: "ptype",
  SDEN: "rsn",
  WEASD: "sd",
  TCDC: "tcc",
  "0/19/192": "asn",
};

function ecmwfLines(messages: readonly Bytes[], run: RunId, hour: number): string[] {
  let offset = 0;
  return messages.map((message) => {
    const element = fieldName(headerOf(message)).split(":")[0]!;
    const line = JSON.stringify({
      domain: "g",
      date: run.slice(0, 8),
      time: `${run.slice(9, 11)}00`,
      expver: "0001",
      class: "od",
      type: "fc",
      stream: "oper",
      levtype: "sfc",
      step: String(hour),
      param: ECMWF_PARAMETERS[element],
      _offset: offset,
      _length: message.length,
    });
    offset += message.length;
    return line + "\n";
  });
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (!folder) throw new Error("Name the folder to lay the buckets out in");
  await layOutRealBuckets(folder);
}
