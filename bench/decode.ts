import type { RunId } from "../contract/identity.ts";
import { leadOfHours } from "../contract/lead.ts";
import { print } from "../builder/operations/terminal.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { Dataset } from "../builder/gdal/dataset.ts";
import { gdal } from "../builder/gdal/library.ts";
import { MemoryFile } from "../builder/gdal/memory_file.ts";
import { decodeField } from "../builder/grib/decode_field.ts";
import { type FieldHeader, fieldHeaders } from "../builder/grib/field_header.ts";
import { instant } from "../builder/grib/message_selector.ts";
import type { Bytes } from "../builder/grib/messages.ts";
import { CCSDS, packingName } from "../builder/grib/packing.ts";
import { HRRR_GRID } from "../demo/weather/hrrr_grid.ts";
import { writeMessage } from "../demo/write_message.ts";
import { median, printTable } from "./measure.ts";

/**
 * Time to decode one message of each packing, with the checks of its headers, compared with GDAL's decoder alone. The
 * two sides take turns in one warm process; the result is their ratio. A synthetic message stands for files that are not
 * there.
 */

const ROUNDS = 25;
const WARM_UP_ROUNDS = 5;
const DEFAULT_DATA = "../shared/data";
const USAGE = "usage: deno task bench:decode [DATA_FOLDER]";

/** Real messages of each packing; the first field of a file is decoded. */
const FILES = [
  "hrrr/hrrr.20260129.t17z.f001.tmp2m",
  "hrrr/hrrr.20260129.t17z.f001.refc",
  "hrrr/hrrr.20260129.t17z.f006.apcp",
  "hrrr/hrrr.20260129.t17z.f006.csnow",
  "hrrr/hrrr.20230722.t06z.f001.ugrd10m",
  "hrrr/hrrr.20260129.t17z.f000.prate-allzero",
  "gfs/gfs.20260129.t12z.f006.0p25.prmsl-850mb",
  "other/icon-eu.20220507.t00z.f000.u10m",
  "other/arome.20260413.t21z.f001.tcdc",
  "ecmwf/ecmwf.20250115.t18z.f024.0p25.msl-2t",
  "other/arpege.20231203.t06z.f000-f024.0p5.tmp2m-9steps",
] as const;

function main(): Promise<void> {
  print(`Medians of ${ROUNDS} rounds in ms, GDAL ${gdal().version}`);
  printTable(["message", "packing", "points", "headers", "decode", "GDAL", "decode / GDAL"], messages().map(measure));
  return Promise.resolve();
}

function messages(): { name: string; bytes: Bytes }[] {
  const folder = `${Deno.args[0] ?? DEFAULT_DATA}/grib`;
  const found = FILES.flatMap((file) => {
    try {
      return [{ name: file.slice(file.indexOf("/") + 1), bytes: Deno.readFileSync(`${folder}/${file}.grib2`) }];
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return [];
    }
  });
  return found.length > 0 ? found : [{ name: "synthetic temperature", bytes: syntheticMessage() }];
}

function syntheticMessage(): Bytes {
  const { width, height } = HRRR_GRID;
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return 280 + 15 * Math.sin(x / 300) * Math.cos(y / 200) + ((i * 7919) % 17) / 20;
  });
  const selector = instant("TMP", "2 m above ground");
  return writeMessage({ selector, decimals: 1, values }, "20260129_17z" as RunId, leadOfHours(1));
}

function measure({ name, bytes }: { name: string; bytes: Bytes }): (string | number)[] {
  const header = fieldHeaders(bytes, name)[0]!;
  const times = { headers: [] as number[], decode: [] as number[], gdal: [] as number[] };
  // Most builds of GDAL cannot read CCSDS, and print so.
  const isReadable = header.packing.template !== CCSDS;
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const headers = millisecondsOf(() => fieldHeaders(bytes, name));
    const decode = millisecondsOf(() => decodeField(bytes, header, name));
    const byGdal = isReadable ? millisecondsOf(() => readWithGdal(bytes, header)) : NaN;
    if (round < 0) continue;
    times.headers.push(headers);
    times.decode.push(decode);
    times.gdal.push(byGdal);
  }
  const { template, count } = header.packing;
  return [
    name,
    packingName(template),
    count,
    median(times.headers).toFixed(2),
    median(times.decode).toFixed(1),
    isReadable ? median(times.gdal).toFixed(1) : "",
    isReadable ? (median(times.decode) / median(times.gdal)).toFixed(2) : "",
  ];
}

function millisecondsOf(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function readWithGdal(bytes: Bytes, { span, index, grid: { width, height } }: FieldHeader): Float32Array {
  using memory = MemoryFile.of(bytes.subarray(span.start, span.start + span.length), "grib2");
  using dataset = Dataset.open(memory.path, { drivers: ["GRIB"], options: { USE_IDX: "NO" } });
  return dataset.band(index + 1).read(new Float32Array(width * height));
}

if (import.meta.main) await runMain(main, USAGE);
